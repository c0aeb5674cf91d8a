// Two accounts: one is the host's own (packages, leases, Durable Functions), where it may do everything; the other has what the apps
// declare, and the app may do there what the apps' `uses` name.
param location string
param token string
param principalId string
param dataSku string
@description('Whose pages may send and fetch objects by signed URLs.')
param origins array

// Without a type: where the apps declare none of a kind, its list is empty and says nothing of its items.
var apps = any(loadJsonContent('apps.json'))

// https://learn.microsoft.com/azure/azure-functions/functions-reference#connecting-to-host-storage-with-an-identity
// https://learn.microsoft.com/azure/azure-functions/durable/durable-functions-configure-managed-identity
var hostRoles = [
  'b7e6dc6d-f1e8-4753-8033-0f276bb0955b' // Storage Blob Data Owner
  '974c5e8b-45b9-4653-ba55-5f855dd0fb88' // Storage Queue Data Contributor
  '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3' // Storage Table Data Contributor
]

resource host 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: 'sh${token}'
  location: location
  kind: 'StorageV2'
  sku: { name: 'Standard_LRS' }
  properties: {
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    allowBlobPublicAccess: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
  }

  resource blobs 'blobServices' = {
    name: 'default'

    resource packages 'containers' = { name: 'packages' }
  }
}

resource hostGrants 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in hostRoles: {
    scope: host
    name: guid(host.id, principalId, role)
    properties: {
      principalId: principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
    }
  }
]

resource data 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: 'sd${token}'
  location: location
  kind: 'StorageV2'
  sku: { name: dataSku }
  properties: {
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    allowBlobPublicAccess: false
    // Signed URLs of objects are signed with a key that the identity is given for a time.
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2023-05-01' = {
  parent: data
  name: 'default'
  properties: {
    deleteRetentionPolicy: { enabled: true, days: 7 }
    containerDeleteRetentionPolicy: { enabled: true, days: 7 }
    // Pages send objects by signed URLs.
    cors: {
      corsRules: [
        {
          allowedOrigins: origins
          allowedMethods: ['GET', 'HEAD', 'PUT']
          allowedHeaders: ['content-type', 'x-ms-blob-type']
          exposedHeaders: ['etag']
          maxAgeInSeconds: 3600
        }
      ]
    }
  }
}

resource queueService 'Microsoft.Storage/storageAccounts/queueServices@2023-05-01' = {
  parent: data
  name: 'default'
}

resource tableService 'Microsoft.Storage/storageAccounts/tableServices@2023-05-01' = {
  parent: data
  name: 'default'
}

resource containers 'Microsoft.Storage/storageAccounts/blobServices/containers@2023-05-01' = [
  for container in apps.containers: {
    parent: blobs
    name: container
  }
]

resource queues 'Microsoft.Storage/storageAccounts/queueServices/queues@2023-05-01' = [
  for queue in apps.queues: {
    parent: queueService
    name: queue
  }
]

resource tables 'Microsoft.Storage/storageAccounts/tableServices/tables@2023-05-01' = [
  for table in apps.tables: {
    parent: tableService
    name: table
  }
]

resource containerGrants 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for grant in apps.grants.containers: {
    scope: containers[grant.at]
    name: guid(data.id, 'container', grant.name, principalId, grant.role)
    properties: {
      principalId: principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', grant.role)
    }
  }
]

resource queueGrants 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for grant in apps.grants.queues: {
    scope: queues[grant.at]
    name: guid(data.id, 'queue', grant.name, principalId, grant.role)
    properties: {
      principalId: principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', grant.role)
    }
  }
]

resource tableGrants 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for grant in apps.grants.tables: {
    scope: tables[grant.at]
    name: guid(data.id, 'table', grant.name, principalId, grant.role)
    properties: {
      principalId: principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', grant.role)
    }
  }
]

resource accountGrants 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for grant in apps.grants.account: {
    scope: data
    name: guid(data.id, principalId, grant.role)
    properties: {
      principalId: principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', grant.role)
    }
  }
]

output hostAccountName string = host.name
output dataAccountName string = data.name
output packagesContainer string = '${host.properties.primaryEndpoints.blob}${host::blobs::packages.name}'
