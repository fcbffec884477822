// Mailflow Keeper in one resource group: three function apps from one package, each with an identity that may do what
// that app does and no more. Why three: docs/decisions/0022-three-apps.md. First steps: docs/first-deploy.md.

targetScope = 'resourceGroup'

@description('What names begin with.')
@minLength(3)
@maxLength(8)
param name string = 'keeper'

@description('Which deployment this is, such as dev or prod; it is a part of what makes names unique.')
@minLength(2)
@maxLength(16)
param environmentName string

@description('Where everything is. Flex Consumption is not in every region: az functionapp list-flexconsumption-locations.')
param location string = resourceGroup().location

@description('The application id of the multi-tenant application in Entra.')
@minLength(36)
@maxLength(36)
param clientId string

@description('Where Entra is.')
param loginUrl string = environment().authentication.loginEndpoint

@description('Where Exchange Online is; national clouds have their own.')
param exchangeUrl string = 'https://outlook.office365.com'

@description('Where Microsoft Graph is; of the same cloud.')
param graphUrl string = 'https://graph.microsoft.com'

@description('The name of the secret with the application\'s certificate in the second vault. Empty: no certificate, the application trusts a managed identity.')
param certificateSecretName string = ''

@description('The region data: the path of a file in the package, or an https URL.')
param regions string

@description('The directories whose tokens let operators in. Empty: nobody is let in.')
param operatorTenants array = []

@description('What operators\' tokens are for.')
param operatorAudience string = 'api://${clientId}'

@description('Where customers\' browsers reach consent. Empty: the desk\'s own address.')
param publicUrl string = ''

@description('When the timer looks for tenants whose turn has come: NCRONTAB, with seconds.')
param recheckSchedule string = '0 */5 * * * *'

@description('How often each tenant is checked, in seconds.')
@minValue(60)
param recheckSeconds int = 3600

@description('How long after a write a read may lag, in seconds.')
@minValue(0)
param settlingSeconds int = 120

@description('How long mail drains after Redirect went off, in seconds.')
@minValue(0)
param drainingSeconds int = 1800

@description('How long one worker has a tenant to itself, in seconds.')
@minValue(3)
param leaseSeconds int = 180

@description('How many calls to Exchange one process makes at once.')
@minValue(1)
@maxValue(999)
param exchangeCalls int = 64

@description('How long a tenant\'s history is kept, in days.')
@minValue(30)
@maxValue(99999)
param timelineDays int = 400

@description('How many instances there may be of each function; 40 is the least that the platform takes.')
@minValue(40)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('How much memory an instance of the desk and of the worker has.')
@allowed([
  512
  2048
  4096
])
param instanceMemoryMB int = 2048

@description('How many instances wait for the provision queue, so that a signup begins at once.')
@minValue(0)
@maxValue(10)
param provisionAlwaysReady int = 0

@description('How the account of the work is replicated.')
@allowed([
  'Standard_LRS'
  'Standard_ZRS'
  'Standard_GZRS'
])
param workStorageSku string = 'Standard_ZRS'

@description('How the apps\' own accounts are replicated.')
@allowed([
  'Standard_LRS'
  'Standard_ZRS'
])
param hostStorageSku string = 'Standard_ZRS'

@description('Whether accounts and vaults are reached through a network of our own alone.')
param isPrivate bool = false

@description('The addresses of that network.')
param networkPrefix string = '10.60.0.0/24'

@description('Whether /admin answers from inside the platform alone.')
param adminIsolation bool = true

@description('How many days logs are kept.')
@minValue(90)
@maxValue(730)
param logRetentionDays int = 90

@description('How many gigabytes of logs a day are taken in at most; -1 is no limit.')
param logDailyGigabytes int = 5

@description('Who is told by mail when something is wrong, and what it costs.')
@minLength(1)
param operatorEmails array

@description('Where alerts are sent beside the mails; empty for nowhere. It may have a key in it.')
@secure()
param alertWebhookUrl string = ''

@description('The address of the folder with the runbooks, for whoever reads an alert; empty: its path in the repository.')
param runbooksUrl string = ''

@description('Whether the workspace is new: its tables do not exist yet, so that no alert\'s query can be validated.')
param isFirstDeployment bool = false

@description('How much a month may cost before somebody is told; 0 for no budget.')
@minValue(0)
param budgetAmount int

@description('The first day of the budget\'s first month, such as 2027-01-01.')
param budgetStartDate string

@description('The principal of the pipeline that deploys code; empty for nobody but owners.')
param deployerPrincipalId string = ''

@description('An https URL outside Azure that each complete sweep posts to; empty where there is none.')
@secure()
param heartbeatUrl string = ''

@description('The name of the secret that lists who is told, in a vault of its own. Empty: nobody is told.')
param notifySecretName string = ''

@description('When what is not critical waits, such as 22:00-06:00 Europe/Berlin. Empty: never.')
param quietHours string = ''

@description('Whether the workbook for operators is made.')
param withWorkbook bool = true

var suffix = take(uniqueString(resourceGroup().id, environmentName), 8)
var tags = {
  'azd-env-name': environmentName
  product: 'mailflow-keeper'
}

var intakeName = '${name}-intake-${suffix}'
var deskName = '${name}-desk-${suffix}'
var workerName = '${name}-worker-${suffix}'
var webhookVaultName = 'kv-${name}-${suffix}'
var certificateVaultName = 'kc-${name}-${suffix}'
var notifyVaultName = 'kn-${name}-${suffix}'
var webhookKeysName = 'webhook-keys'
var withNotify = !empty(notifySecretName)
var withCertificate = !empty(certificateSecretName)
var vaultSuffix = environment().suffixes.keyvaultDns
var consentUrl = empty(publicUrl) ? 'https://${deskName}.azurewebsites.net' : publicUrl

// Which app runs which function: each function in one app alone.
var intakeFunctions = [
  'signup'
]
var deskFunctions = [
  'consent'
  'health'
  'operations'
]
var workerFunctions = [
  'notify'
  'offboard'
  'poison_notify'
  'poison_offboard'
  'poison_provision'
  'poison_remediate'
  'poison_verify'
  'provision'
  'recheck'
  'remediate'
  'verify'
]

var commonSettings = {
  KEEPER_LOGIN_URL: loginUrl
  KEEPER_EXCHANGE_URL: exchangeUrl
  KEEPER_GRAPH_URL: graphUrl
  KEEPER_CLIENT_ID: clientId
  KEEPER_WEBHOOK_KEYS: '@Microsoft.KeyVault(SecretUri=https://${webhookVaultName}${vaultSuffix}/secrets/${webhookKeysName})'
  KEEPER_OPERATOR_TENANTS: join(operatorTenants, ',')
  KEEPER_OPERATOR_AUDIENCE: operatorAudience
  KEEPER_PUBLIC_URL: consentUrl
  KEEPER_REGIONS: regions
  KEEPER_RECHECK_SCHEDULE: recheckSchedule
  KEEPER_RECHECK_SECONDS: string(recheckSeconds)
  KEEPER_SETTLING_SECONDS: string(settlingSeconds)
  KEEPER_DRAINING_SECONDS: string(drainingSeconds)
  KEEPER_LEASE_SECONDS: string(leaseSeconds)
  KEEPER_EXCHANGE_CALLS: string(exchangeCalls)
  KEEPER_TIMELINE_DAYS: string(timelineDays)
  KEEPER_HEARTBEAT_URL: heartbeatUrl
  KEEPER_NOTIFY: ''
  KEEPER_QUIET_HOURS: quietHours
  KEEPER_RUNBOOKS_URL: runbooksUrl
  KEEPER_STORAGE__queueServiceUri: workStorage.outputs.queueServiceUri
  KEEPER_STORAGE__tableServiceUri: workStorage.outputs.tableServiceUri
  KEEPER_STORAGE__credential: 'managedidentity'
}

// Only the worker tells anybody anything.
var notifySettings = {
  KEEPER_NOTIFY: withNotify ? '@Microsoft.KeyVault(SecretUri=https://${notifyVaultName}${vaultSuffix}/secrets/${notifySecretName})' : ''
}

// The name of the identity that customers' tenants trust. Whoever has the name alone has nothing: it is assigned to
// the desk and the worker, and not to the intake.
var federatedSettings = {
  KEEPER_FEDERATED_IDENTITY: exchangeIdentity.outputs.clientId
}
var certificateSettings = {
  KEEPER_CERTIFICATE: '@Microsoft.KeyVault(SecretUri=https://${certificateVaultName}${vaultSuffix}/secrets/${certificateSecretName})'
}

module intakeIdentity 'modules/identity.bicep' = {
  name: 'intake-identity'
  params: {
    name: 'id-${intakeName}'
    location: location
    tags: tags
  }
}

module deskIdentity 'modules/identity.bicep' = {
  name: 'desk-identity'
  params: {
    name: 'id-${deskName}'
    location: location
    tags: tags
  }
}

module workerIdentity 'modules/identity.bicep' = {
  name: 'worker-identity'
  params: {
    name: 'id-${workerName}'
    location: location
    tags: tags
  }
}

// What the application in Entra trusts. It has no role in this subscription.
module exchangeIdentity 'modules/identity.bicep' = {
  name: 'exchange-identity'
  params: {
    name: 'id-${name}-exchange-${suffix}'
    location: location
    tags: tags
  }
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  params: {
    workspaceName: 'log-${name}-${suffix}'
    insightsName: 'appi-${name}-${suffix}'
    location: location
    tags: tags
    retentionDays: logRetentionDays
    dailyGigabytes: logDailyGigabytes
    publisherPrincipalIds: [
      intakeIdentity.outputs.principalId
      deskIdentity.outputs.principalId
      workerIdentity.outputs.principalId
    ]
  }
}

module workStorage 'modules/workStorage.bicep' = {
  name: 'work-storage'
  params: {
    name: 'stwork${suffix}'
    location: location
    tags: tags
    skuName: workStorageSku
    isPrivate: isPrivate
    workspaceId: monitoring.outputs.workspaceId
  }
}

module workRoles 'modules/workRoles.bicep' = {
  name: 'work-roles'
  params: {
    accountName: workStorage.outputs.name
    intakePrincipalId: intakeIdentity.outputs.principalId
    deskPrincipalId: deskIdentity.outputs.principalId
    workerPrincipalId: workerIdentity.outputs.principalId
  }
}

module intakeStorage 'modules/hostStorage.bicep' = {
  name: 'intake-storage'
  params: {
    name: 'stintake${suffix}'
    location: location
    tags: tags
    skuName: hostStorageSku
    isPrivate: isPrivate
    ownerPrincipalId: intakeIdentity.outputs.principalId
    workspaceId: monitoring.outputs.workspaceId
  }
}

module deskStorage 'modules/hostStorage.bicep' = {
  name: 'desk-storage'
  params: {
    name: 'stdesk${suffix}'
    location: location
    tags: tags
    skuName: hostStorageSku
    isPrivate: isPrivate
    ownerPrincipalId: deskIdentity.outputs.principalId
    workspaceId: monitoring.outputs.workspaceId
  }
}

module workerStorage 'modules/hostStorage.bicep' = {
  name: 'worker-storage'
  params: {
    name: 'stworker${suffix}'
    location: location
    tags: tags
    skuName: hostStorageSku
    isPrivate: isPrivate
    ownerPrincipalId: workerIdentity.outputs.principalId
    workspaceId: monitoring.outputs.workspaceId
  }
}

module webhookVault 'modules/vault.bicep' = {
  name: 'webhook-vault'
  params: {
    name: webhookVaultName
    location: location
    tags: tags
    isPrivate: isPrivate
    readerPrincipalIds: [
      intakeIdentity.outputs.principalId
      deskIdentity.outputs.principalId
      workerIdentity.outputs.principalId
    ]
    workspaceId: monitoring.outputs.workspaceId
  }
}

module certificateVault 'modules/vault.bicep' = if (withCertificate) {
  name: 'certificate-vault'
  params: {
    name: certificateVaultName
    location: location
    tags: tags
    isPrivate: isPrivate
    readerPrincipalIds: [
      deskIdentity.outputs.principalId
      workerIdentity.outputs.principalId
    ]
    workspaceId: monitoring.outputs.workspaceId
  }
}

module notifyVault 'modules/vault.bicep' = if (withNotify) {
  name: 'notify-vault'
  params: {
    name: notifyVaultName
    location: location
    tags: tags
    isPrivate: isPrivate
    readerPrincipalIds: [
      workerIdentity.outputs.principalId
    ]
    workspaceId: monitoring.outputs.workspaceId
  }
}

module network 'modules/network.bicep' = if (isPrivate) {
  name: 'network'
  params: {
    name: 'vnet-${name}-${suffix}'
    location: location
    tags: tags
    addressPrefix: networkPrefix
    storageSuffix: environment().suffixes.storage
  }
}

module privateEndpoints 'modules/privateEndpoints.bicep' = if (isPrivate) {
  name: 'private-endpoints'
  params: {
    location: location
    tags: tags
    hostStorageIds: [
      intakeStorage.outputs.id
      deskStorage.outputs.id
      workerStorage.outputs.id
    ]
    workStorageId: workStorage.outputs.id
    webhookVaultId: webhookVault.outputs.id
    certificateVaultId: withCertificate ? (certificateVault.?outputs.id ?? '') : ''
    notifyVaultId: withNotify ? (notifyVault.?outputs.id ?? '') : ''
    subnetId: network.?outputs.endpointsSubnetId ?? ''
    blobZoneId: network.?outputs.blobZoneId ?? ''
    queueZoneId: network.?outputs.queueZoneId ?? ''
    tableZoneId: network.?outputs.tableZoneId ?? ''
    vaultZoneId: network.?outputs.vaultZoneId ?? ''
  }
}

module intake 'modules/app.bicep' = {
  name: 'intake'
  params: {
    name: intakeName
    role: 'intake'
    location: location
    tags: tags
    identityId: intakeIdentity.outputs.id
    identityClientId: intakeIdentity.outputs.clientId
    furtherIdentityIds: []
    hostStorageName: intakeStorage.outputs.name
    packageContainer: intakeStorage.outputs.container
    insightsConnectionString: monitoring.outputs.insightsConnectionString
    settings: union(commonSettings, federatedSettings, {
      KEEPER_STORAGE__clientId: intakeIdentity.outputs.clientId
    })
    disabledFunctions: concat(deskFunctions, workerFunctions)
    maximumInstanceCount: maximumInstanceCount
    instanceMemoryMB: 512
    alwaysReady: []
    isPublic: true
    subnetId: network.?outputs.appsSubnetId ?? ''
    adminIsolation: adminIsolation
    workspaceId: monitoring.outputs.workspaceId
    deployerPrincipalId: deployerPrincipalId
  }
  dependsOn: [
    privateEndpoints
    webhookVault
    workRoles
  ]
}

module desk 'modules/app.bicep' = {
  name: 'desk'
  params: {
    name: deskName
    role: 'desk'
    location: location
    tags: tags
    identityId: deskIdentity.outputs.id
    identityClientId: deskIdentity.outputs.clientId
    furtherIdentityIds: [
      exchangeIdentity.outputs.id
    ]
    hostStorageName: deskStorage.outputs.name
    packageContainer: deskStorage.outputs.container
    insightsConnectionString: monitoring.outputs.insightsConnectionString
    settings: union(commonSettings, withCertificate ? certificateSettings : federatedSettings, {
      KEEPER_STORAGE__clientId: deskIdentity.outputs.clientId
    })
    disabledFunctions: concat(intakeFunctions, workerFunctions)
    maximumInstanceCount: maximumInstanceCount
    instanceMemoryMB: instanceMemoryMB
    alwaysReady: []
    isPublic: true
    subnetId: network.?outputs.appsSubnetId ?? ''
    adminIsolation: adminIsolation
    workspaceId: monitoring.outputs.workspaceId
    deployerPrincipalId: deployerPrincipalId
  }
  dependsOn: [
    certificateVault
    privateEndpoints
    webhookVault
    workRoles
  ]
}

module worker 'modules/app.bicep' = {
  name: 'worker'
  params: {
    name: workerName
    role: 'worker'
    location: location
    tags: tags
    identityId: workerIdentity.outputs.id
    identityClientId: workerIdentity.outputs.clientId
    furtherIdentityIds: [
      exchangeIdentity.outputs.id
    ]
    hostStorageName: workerStorage.outputs.name
    packageContainer: workerStorage.outputs.container
    insightsConnectionString: monitoring.outputs.insightsConnectionString
    settings: union(commonSettings, notifySettings, withCertificate ? certificateSettings : federatedSettings, {
      KEEPER_STORAGE__clientId: workerIdentity.outputs.clientId
    })
    disabledFunctions: concat(intakeFunctions, deskFunctions)
    maximumInstanceCount: maximumInstanceCount
    instanceMemoryMB: instanceMemoryMB
    alwaysReady: provisionAlwaysReady == 0 ? [] : [
      {
        name: 'function:provision'
        instanceCount: provisionAlwaysReady
      }
    ]
    isPublic: false
    subnetId: network.?outputs.appsSubnetId ?? ''
    adminIsolation: adminIsolation
    workspaceId: monitoring.outputs.workspaceId
    deployerPrincipalId: deployerPrincipalId
  }
  dependsOn: [
    certificateVault
    notifyVault
    privateEndpoints
    webhookVault
    workRoles
  ]
}

module alerts 'modules/alerts.bicep' = {
  name: 'alerts'
  params: {
    location: location
    tags: tags
    workspaceId: monitoring.outputs.workspaceId
    appInsightsId: monitoring.outputs.insightsId
    healthUrl: 'https://${desk.outputs.hostName}/api/health'
    emails: operatorEmails
    webhookUrl: alertWebhookUrl
    runbooksUrl: runbooksUrl
    isFirstDeployment: isFirstDeployment
    storageIds: [
      workStorage.outputs.id
      intakeStorage.outputs.id
      deskStorage.outputs.id
      workerStorage.outputs.id
    ]
    vaultIds: [
      webhookVault.outputs.id
    ]
  }
}

module workbook 'modules/workbook.bicep' = if (withWorkbook) {
  name: 'workbook'
  params: {
    location: location
    tags: tags
    workspaceId: monitoring.outputs.workspaceId
  }
}

module budget 'modules/budget.bicep' = if (budgetAmount > 0) {
  name: 'budget'
  params: {
    name: 'budget-${name}-${suffix}'
    monthlyAmount: budgetAmount
    startDate: budgetStartDate
    contactEmails: operatorEmails
  }
}

output INTAKE_NAME string = intake.outputs.name
output DESK_NAME string = desk.outputs.name
output WORKER_NAME string = worker.outputs.name
output SIGNUP_URL string = 'https://${intake.outputs.hostName}/api/signup'
output CONSOLE_URL string = '${consentUrl}/api/console'
output CONSOLE_CALLBACK_URL string = '${consentUrl}/api/console/callback'
output CONSENT_CALLBACK_URL string = '${consentUrl}/api/consent/callback'
output HEALTH_URL string = 'https://${desk.outputs.hostName}/api/health'
output WEBHOOK_VAULT_NAME string = webhookVault.outputs.name
output WEBHOOK_SECRET_NAME string = webhookKeysName
output CERTIFICATE_VAULT_NAME string = withCertificate ? certificateVaultName : ''
output NOTIFY_VAULT_NAME string = withNotify ? notifyVaultName : ''
output EXCHANGE_IDENTITY_PRINCIPAL_ID string = exchangeIdentity.outputs.principalId
output WORK_STORAGE_NAME string = workStorage.outputs.name
