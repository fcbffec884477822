// Every private endpoint that the apps need: their own accounts, the account of the work, the vaults.

@description('Where they are.')
param location string

@description('Tags.')
param tags object

@description('The apps\' own storage accounts.')
param hostStorageIds array

@description('The storage account of the work.')
param workStorageId string

@description('The vault of the webhook keys.')
param webhookVaultId string

@description('The vault of the certificate; empty for none.')
param certificateVaultId string

@description('The vault of the list of who is told; empty for none.')
param notifyVaultId string

@description('The subnet that they are in.')
param subnetId string

@description('The zone of blobs.')
param blobZoneId string

@description('The zone of queues.')
param queueZoneId string

@description('The zone of tables.')
param tableZoneId string

@description('The zone of vaults.')
param vaultZoneId string

var furtherVaultIds = filter([certificateVaultId, notifyVaultId], id => !empty(id))
var vaultIds = concat([webhookVaultId], furtherVaultIds)

module hostBlobs 'privateEndpoint.bicep' = [for (id, i) in hostStorageIds: {
  name: 'host-blobs-${i}'
  params: {
    name: 'pe-${last(split(id, '/'))}-blob'
    location: location
    tags: tags
    targetId: id
    groupId: 'blob'
    subnetId: subnetId
    zoneId: blobZoneId
  }
}]

module hostQueues 'privateEndpoint.bicep' = [for (id, i) in hostStorageIds: {
  name: 'host-queues-${i}'
  params: {
    name: 'pe-${last(split(id, '/'))}-queue'
    location: location
    tags: tags
    targetId: id
    groupId: 'queue'
    subnetId: subnetId
    zoneId: queueZoneId
  }
}]

module hostTables 'privateEndpoint.bicep' = [for (id, i) in hostStorageIds: {
  name: 'host-tables-${i}'
  params: {
    name: 'pe-${last(split(id, '/'))}-table'
    location: location
    tags: tags
    targetId: id
    groupId: 'table'
    subnetId: subnetId
    zoneId: tableZoneId
  }
}]

module workQueues 'privateEndpoint.bicep' = {
  name: 'work-queues'
  params: {
    name: 'pe-${last(split(workStorageId, '/'))}-queue'
    location: location
    tags: tags
    targetId: workStorageId
    groupId: 'queue'
    subnetId: subnetId
    zoneId: queueZoneId
  }
}

module workTables 'privateEndpoint.bicep' = {
  name: 'work-tables'
  params: {
    name: 'pe-${last(split(workStorageId, '/'))}-table'
    location: location
    tags: tags
    targetId: workStorageId
    groupId: 'table'
    subnetId: subnetId
    zoneId: tableZoneId
  }
}

module vaults 'privateEndpoint.bicep' = [for (id, i) in vaultIds: {
  name: 'vaults-${i}'
  params: {
    name: 'pe-${last(split(id, '/'))}'
    location: location
    tags: tags
    targetId: id
    groupId: 'vault'
    subnetId: subnetId
    zoneId: vaultZoneId
  }
}]
