// Who may do what to the work: each row has its reason in infra/roles.json.

@description('The name of the storage account of the work.')
param accountName string

@description('The principal that takes signups in.')
param intakePrincipalId string

@description('The principal that serves operators and consenting administrators.')
param deskPrincipalId string

@description('The principal that works the queues.')
param workerPrincipalId string

var messageProcessor = '8a0f0c08-91a1-4084-bc3d-661d67233fed'
var messageSender = 'c6a89b2d-59bc-44d0-9896-0f6e12d7b80a'
var queueReader = '19e7f393-937e-4f77-808e-94535e297925'
var tableContributor = '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
var tableReader = '76199698-9eea-4c19-bc75-cec21354c6b6'

var intakeQueueNames = [
  'provision'
  'remediate'
]

var deskQueueNames = [
  'provision'
  'verify'
  'remediate'
  'offboard'
  'notify'
]

var intakeTableNames = [
  'loopchecks'
  'tenants'
  'timeline'
  'webhooks'
]

var deskTableNames = [
  'broken'
  'fleet'
  'keys'
  'parked'
  'tenants'
  'timeline'
  'watermarks'
  'webhooks'
]

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: accountName
}

resource queueService 'Microsoft.Storage/storageAccounts/queueServices@2025-06-01' existing = {
  parent: account
  name: 'default'
}

resource tableService 'Microsoft.Storage/storageAccounts/tableServices@2025-06-01' existing = {
  parent: account
  name: 'default'
}

resource intakeQueues 'Microsoft.Storage/storageAccounts/queueServices/queues@2025-06-01' existing = [for name in intakeQueueNames: {
  parent: queueService
  name: name
}]

resource deskQueues 'Microsoft.Storage/storageAccounts/queueServices/queues@2025-06-01' existing = [for name in deskQueueNames: {
  parent: queueService
  name: name
}]

resource intakeTables 'Microsoft.Storage/storageAccounts/tableServices/tables@2025-06-01' existing = [for name in intakeTableNames: {
  parent: tableService
  name: name
}]

resource deskTables 'Microsoft.Storage/storageAccounts/tableServices/tables@2025-06-01' existing = [for name in deskTableNames: {
  parent: tableService
  name: name
}]

resource proofs 'Microsoft.Storage/storageAccounts/tableServices/tables@2025-06-01' existing = {
  parent: tableService
  name: 'proofs'
}

resource intakeSends 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for (name, i) in intakeQueueNames: {
  name: guid(intakeQueues[i].id, intakePrincipalId, messageSender)
  scope: intakeQueues[i]
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', messageSender)
    principalId: intakePrincipalId
    principalType: 'ServicePrincipal'
  }
}]

resource intakeWrites 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for (name, i) in intakeTableNames: {
  name: guid(intakeTables[i].id, intakePrincipalId, tableContributor)
  scope: intakeTables[i]
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', tableContributor)
    principalId: intakePrincipalId
    principalType: 'ServicePrincipal'
  }
}]

resource deskSends 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for (name, i) in deskQueueNames: {
  name: guid(deskQueues[i].id, deskPrincipalId, messageSender)
  scope: deskQueues[i]
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', messageSender)
    principalId: deskPrincipalId
    principalType: 'ServicePrincipal'
  }
}]

resource deskWrites 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for (name, i) in deskTableNames: {
  name: guid(deskTables[i].id, deskPrincipalId, tableContributor)
  scope: deskTables[i]
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', tableContributor)
    principalId: deskPrincipalId
    principalType: 'ServicePrincipal'
  }
}]

resource deskReads 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(proofs.id, deskPrincipalId, tableReader)
  scope: proofs
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', tableReader)
    principalId: deskPrincipalId
    principalType: 'ServicePrincipal'
  }
}

resource workerTakes 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account.id, workerPrincipalId, messageProcessor)
  scope: account
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', messageProcessor)
    principalId: workerPrincipalId
    principalType: 'ServicePrincipal'
  }
}

resource workerSends 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account.id, workerPrincipalId, messageSender)
  scope: account
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', messageSender)
    principalId: workerPrincipalId
    principalType: 'ServicePrincipal'
  }
}

resource workerCounts 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account.id, workerPrincipalId, queueReader)
  scope: account
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', queueReader)
    principalId: workerPrincipalId
    principalType: 'ServicePrincipal'
  }
}

resource workerWrites 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account.id, workerPrincipalId, tableContributor)
  scope: account
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', tableContributor)
    principalId: workerPrincipalId
    principalType: 'ServicePrincipal'
  }
}
