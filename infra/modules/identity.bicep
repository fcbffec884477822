// One user-assigned managed identity. What it may do is in the modules that hold what it may do it to.

@description('The name of the identity.')
param name string

@description('Where it is.')
param location string

@description('Tags.')
param tags object

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: name
  location: location
  tags: tags
}

output id string = identity.id
output clientId string = identity.properties.clientId
output principalId string = identity.properties.principalId
