// The workbook: the fleet, one tenant, the items, the queues, throttling and cost on one page.

@description('Where the workbook is.')
param location string

@description('The Log Analytics workspace that it reads.')
param workspaceId string

@description('The tags of the workbook.')
param tags object = {}

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, 'mailflow-keeper')
  location: location
  kind: 'shared'
  tags: tags
  properties: {
    displayName: 'Mailflow Keeper'
    category: 'workbook'
    version: 'Notebook/1.0'
    sourceId: workspaceId
    serializedData: string(loadJsonContent('../workbook/workbook.json'))
  }
}

output workbookId string = workbook.id
