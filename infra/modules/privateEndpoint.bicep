// The way from the network to one service of one account or vault.

@description('The name of the endpoint.')
param name string

@description('Where it is.')
param location string

@description('Tags.')
param tags object

@description('The account or vault.')
param targetId string

@description('Which of its services.')
@allowed([
  'blob'
  'queue'
  'table'
  'vault'
])
param groupId string

@description('The subnet that it is in.')
param subnetId string

@description('The zone that names it.')
param zoneId string

resource endpoint 'Microsoft.Network/privateEndpoints@2025-05-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    subnet: {
      id: subnetId
    }
    privateLinkServiceConnections: [
      {
        name: name
        properties: {
          privateLinkServiceId: targetId
          groupIds: [
            groupId
          ]
        }
      }
    ]
  }
}

resource named 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2025-05-01' = {
  parent: endpoint
  name: 'default'
  properties: {
    privateDnsZoneConfigs: [
      {
        name: groupId
        properties: {
          privateDnsZoneId: zoneId
        }
      }
    ]
  }
}
