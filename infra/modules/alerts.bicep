// Who is told what, and when: one query rule for each row of infra/alerts/rules.json, a few alerts of the platform's own,
// and a test of the health page from outside. docs/runbooks/ says what each means.

@description('Where the query rules are.')
param location string

@description('The Log Analytics workspace that the events are in.')
param workspaceId string

@description('The Application Insights component.')
param appInsightsId string

@description('The address of the health page: https://…/api/health.')
param healthUrl string

@description('The addresses that are written to.')
param emails array = []

@description('An https address that gets each alert in the common alert schema; it may hold a secret.')
@secure()
param webhookUrl string = ''

@description('The tags of every resource.')
param tags object = {}

@description('On the first deployment the tables of the workspace do not exist yet, so that no query can be validated.')
param isFirstDeployment bool = false

@description('The address of the folder with the runbooks; empty: alerts carry the path in the repository.')
param runbooksUrl string = ''

@description('The storage accounts to watch.')
param storageIds array = []

@description('The key vaults to watch.')
param vaultIds array = []

var data = loadJsonContent('../alerts/rules.generated.json')
var platform = data.platform

resource actionGroup 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'keeper-operators'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'keeper'
    enabled: true
    emailReceivers: [
      for (email, at) in emails: {
        name: 'email-${at}'
        emailAddress: email
        useCommonAlertSchema: true
      }
    ]
    webhookReceivers: empty(webhookUrl) ? [] : [
      {
        name: 'webhook'
        serviceUri: webhookUrl
        useCommonAlertSchema: true
      }
    ]
  }
}

resource queryRules 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for rule in data.rules: {
    name: 'keeper-${rule.id}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: rule.title
      description: rule.summary
      severity: rule.severity
      enabled: true
      scopes: [
        workspaceId
      ]
      evaluationFrequency: rule.frequency
      windowSize: rule.window
      autoMitigate: rule.autoMitigate
      skipQueryValidation: isFirstDeployment
      criteria: {
        allOf: [
          {
            query: rule.query
            timeAggregation: rule.aggregation
            metricMeasureColumn: empty(rule.measure) ? null : rule.measure
            operator: rule.operator
            threshold: rule.threshold
            dimensions: map(rule.dimensions, name => {
              name: name
              operator: 'Include'
              values: [
                '*'
              ]
            })
            failingPeriods: {
              numberOfEvaluationPeriods: 1
              minFailingPeriodsToAlert: 1
            }
          }
        ]
      }
      actions: {
        actionGroups: [
          actionGroup.id
        ]
        customProperties: {
          alertId: rule.id
          owner: rule.owner
          runbook: empty(runbooksUrl) ? rule.runbook : '${runbooksUrl}/${rule.id}.md'
        }
      }
    }
  }
]

// The second layer of the dead man's switch: it works when no telemetry arrives.
resource healthTest 'Microsoft.Insights/webtests@2022-06-15' = {
  name: 'keeper-health'
  location: location
  kind: 'standard'
  tags: union(tags, {
    'hidden-link:${appInsightsId}': 'Resource'
  })
  properties: {
    SyntheticMonitorId: 'keeper-health'
    Name: 'keeper-health'
    Kind: 'standard'
    Enabled: true
    Frequency: 300
    Timeout: 30
    RetryEnabled: true
    Locations: [
      {
        Id: 'emea-au-syd-edge'
      }
      {
        Id: 'emea-nl-ams-azr'
      }
      {
        Id: 'us-va-ash-azr'
      }
    ]
    Request: {
      RequestUrl: healthUrl
      HttpVerb: 'GET'
      ParseDependentRequests: false
    }
    ValidationRules: {
      ExpectedHttpStatusCode: 200
      SSLCheck: true
      SSLCertRemainingLifetimeCheck: 7
    }
  }
}

resource healthAlert 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'keeper-health-unreachable'
  location: 'global'
  tags: tags
  properties: {
    description: platform['health-unreachable'].summary
    severity: platform['health-unreachable'].severity
    enabled: true
    scopes: [
      healthTest.id
      appInsightsId
    ]
    evaluationFrequency: 'PT1M'
    windowSize: 'PT5M'
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.WebtestLocationAvailabilityCriteria'
      webTestId: healthTest.id
      componentId: appInsightsId
      failedLocationCount: 2
    }
    actions: [
      {
        actionGroupId: actionGroup.id
        webHookProperties: {
          alertId: 'health-unreachable'
          runbook: empty(runbooksUrl) ? platform['health-unreachable'].runbook : '${runbooksUrl}/health-unreachable.md'
        }
      }
    ]
  }
}

// Each metric that is watched: of which resource, which values of one of its dimensions, and what is too much.
var ofStorage = flatten(map(storageIds, id => [
  {
    id: 'storage-unavailable'
    scope: id
    namespace: 'Microsoft.Storage/storageAccounts'
    metric: 'Availability'
    aggregation: 'Average'
    operator: 'LessThan'
    threshold: 99
    dimensions: []
  }
  {
    id: 'storage-throttled'
    scope: id
    namespace: 'Microsoft.Storage/storageAccounts'
    metric: 'Transactions'
    aggregation: 'Total'
    operator: 'GreaterThan'
    threshold: 10
    dimensions: [
      {
        name: 'ResponseType'
        operator: 'Include'
        values: [
          'ServerBusyError'
          'ClientThrottlingError'
          'ClientAccountBandwidthThrottlingError'
          'ClientAccountRequestThrottlingError'
        ]
      }
    ]
  }
]))
var ofVaults = map(vaultIds, id => {
  id: 'vault-unavailable'
  scope: id
  namespace: 'Microsoft.KeyVault/vaults'
  metric: 'Availability'
  aggregation: 'Average'
  operator: 'LessThan'
  threshold: 90
  dimensions: []
})

resource metricRules 'Microsoft.Insights/metricAlerts@2018-03-01' = [
  for rule in concat(ofStorage, ofVaults): {
    name: 'keeper-${rule.id}-${last(split(rule.scope, '/'))}'
    location: 'global'
    tags: tags
    properties: {
      description: platform[rule.id].summary
      severity: platform[rule.id].severity
      enabled: true
      scopes: [
        rule.scope
      ]
      evaluationFrequency: 'PT5M'
      windowSize: 'PT15M'
      autoMitigate: true
      criteria: {
        'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
        allOf: [
          {
            criterionType: 'StaticThresholdCriterion'
            name: rule.id
            metricNamespace: rule.namespace
            metricName: rule.metric
            timeAggregation: rule.aggregation
            operator: rule.operator
            threshold: rule.threshold
            dimensions: rule.dimensions
          }
        ]
      }
      actions: [
        {
          actionGroupId: actionGroup.id
          webHookProperties: {
            alertId: rule.id
            runbook: empty(runbooksUrl) ? platform[rule.id].runbook : '${runbooksUrl}/${rule.id}.md'
          }
        }
      ]
    }
  }
]

resource deletions 'Microsoft.Insights/activityLogAlerts@2020-10-01' = [
  for kind in [
    'Microsoft.Storage/storageAccounts'
    'Microsoft.KeyVault/vaults'
    'Microsoft.OperationalInsights/workspaces'
  ]: {
    name: 'keeper-resource-deleted-${toLower(last(split(kind, '/')))}'
    location: 'global'
    tags: tags
    properties: {
      description: platform['resource-deleted'].summary
      enabled: true
      scopes: [
        resourceGroup().id
      ]
      condition: {
        allOf: [
          {
            field: 'category'
            equals: 'Administrative'
          }
          {
            field: 'operationName'
            equals: '${kind}/delete'
          }
        ]
      }
      actions: {
        actionGroups: [
          {
            actionGroupId: actionGroup.id
            webhookProperties: {
              alertId: 'resource-deleted'
              runbook: empty(runbooksUrl) ? platform['resource-deleted'].runbook : '${runbooksUrl}/resource-deleted.md'
            }
          }
        ]
      }
    }
  }
]

output actionGroupId string = actionGroup.id
