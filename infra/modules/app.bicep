// One function app on its own Flex Consumption plan. The same package runs in all of them; what an app does is what
// is not disabled in it.

@description('The name of the app: the first 32 letters are its host id, and no two apps may have the same.')
@maxLength(32)
param name string

@description('What it is for; azd finds it by this tag.')
param role string

@description('Where it is.')
param location string

@description('Tags.')
param tags object

@description('The identity that it opens everything in this subscription with.')
param identityId string

@description('The client id of that identity.')
param identityClientId string

@description('Identities beside it: any code in the app can use each of them.')
param furtherIdentityIds array

@description('The name of its own storage account.')
param hostStorageName string

@description('The container of its packages.')
param packageContainer string

@description('The connection string of Application Insights, which holds no key that opens anything.')
param insightsConnectionString string

@description('What is set beside the settings of the platform.')
param settings object

@description('The functions that this app does not run.')
param disabledFunctions array

@description('How many instances there may be of each of its functions; the platform takes no less than 40.')
@minValue(40)
@maxValue(1000)
param maximumInstanceCount int

@description('How much memory an instance has.')
@allowed([
  512
  2048
  4096
])
param instanceMemoryMB int

@description('Instances that wait for work, by function or group.')
param alwaysReady array

@description('Whether the internet may call it.')
param isPublic bool

@description('The subnet that it calls out from; empty for none.')
param subnetId string

@description('Whether /admin answers from inside the platform alone.')
param adminIsolation bool

@description('Where logs go.')
param workspaceId string

@description('Who may deploy code to it; empty for nobody but owners.')
param deployerPrincipalId string

var websiteContributor = 'de139f84-1756-47ae-9be6-808fbbe84772'

var platformSettings = {
  AzureWebJobsStorage__blobServiceUri: hostStorage.properties.primaryEndpoints.blob
  AzureWebJobsStorage__queueServiceUri: hostStorage.properties.primaryEndpoints.queue
  AzureWebJobsStorage__tableServiceUri: hostStorage.properties.primaryEndpoints.table
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identityClientId
  AZURE_CLIENT_ID: identityClientId
  APPLICATIONINSIGHTS_CONNECTION_STRING: insightsConnectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
  PYTHON_APPLICATIONINSIGHTS_ENABLE_TELEMETRY: 'true'
  OTEL_TRACES_SAMPLER: 'microsoft.fixed_percentage'
  OTEL_TRACES_SAMPLER_ARG: '1.0'
  // As many as batchSize and newBatchThreshold of host.json let in: no message that is taken waits for a thread.
  PYTHON_THREADPOOL_THREAD_COUNT: '64'
}

var disabled = toObject(disabledFunctions, each => 'AzureWebJobs.${each}.Disabled', each => 'true')

resource hostStorage 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: hostStorageName
}

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: 'plan-${name}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: {
    reserved: true
  }
}

resource site 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': role })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: toObject(concat([identityId], furtherIdentityIds), id => id, id => {})
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    clientAffinityEnabled: false
    keyVaultReferenceIdentity: identityId
    publicNetworkAccess: 'Enabled'
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    functionsRuntimeAdminIsolationEnabled: adminIsolation
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      ftpsState: 'Disabled'
      http20Enabled: true
      remoteDebuggingEnabled: false
      ipSecurityRestrictionsDefaultAction: isPublic ? 'Allow' : 'Deny'
      scmIpSecurityRestrictionsDefaultAction: 'Allow'
      scmIpSecurityRestrictionsUseMain: false
    }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${hostStorage.properties.primaryEndpoints.blob}${packageContainer}'
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      runtime: {
        name: 'python'
        version: '3.13'
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
        alwaysReady: alwaysReady
      }
    }
  }
}

resource appSettings 'Microsoft.Web/sites/config@2025-03-01' = {
  parent: site
  name: 'appsettings'
  properties: union(platformSettings, settings, disabled)
}

resource ftp 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: site
  name: 'ftp'
  properties: {
    allow: false
  }
}

resource scm 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: site
  name: 'scm'
  properties: {
    allow: false
  }
}

resource deploys 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(deployerPrincipalId)) {
  name: guid(site.id, deployerPrincipalId, websiteContributor)
  scope: site
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', websiteContributor)
    principalId: deployerPrincipalId
    principalType: 'ServicePrincipal'
  }
}

resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: site
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        category: 'FunctionAppLogs'
        enabled: true
      }
    ]
    metrics: [
      {
        category: 'AllMetrics'
        enabled: true
      }
    ]
  }
}

output name string = site.name
output id string = site.id
output hostName string = site.properties.defaultHostName
