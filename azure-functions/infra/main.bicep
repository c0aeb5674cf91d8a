// One deployment of the apps: a Functions app on Flex Consumption, where it keeps things, what watches it, and what stands before it.
// `npm run build:azure` writes apps.json, what the apps declare. docs/azure.md is the guide.
targetScope = 'resourceGroup'

@description('The name of the Functions app, and the first part of the other names. It is the host name too: <name>.azurewebsites.net.')
@minLength(3)
@maxLength(32)
param name string

param location string = resourceGroup().location

@description('Opens management and signs status URLs. Needed the first time; empty: the key that the vault has stays.')
@secure()
param adminKey string = ''

@description('Told by mail of what is never right. Empty: nobody is.')
param alertMail string = ''

@description('Front Door with a firewall before the app; without it the app answers the internet itself.')
param front bool = true

@description('Requests of one address in a minute that the firewall lets through.')
param requestsPerAddress int = 400

@description('Premium has Microsoft\'s managed rules too.')
@allowed(['Standard_AzureFrontDoor', 'Premium_AzureFrontDoor'])
param frontSku string = 'Standard_AzureFrontDoor'

@description('Origins of pages beside the deployment\'s own address, such as https://www.example.org: they too may send objects by signed URLs.')
param origins array = []

@allowed([512, 2048, 4096])
param instanceMemoryMB int = 2048

@description('How the apps\' storage is kept; not every region has zones.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_GZRS'])
param dataSku string = 'Standard_ZRS'

@description('A cap of what can be spent: instances of one group of functions.')
@minValue(1)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('Lines of Node that Flex Consumption has.')
@allowed(['22', '24'])
param nodeVersion string = '22'

// Names of accounts are one for all of Azure, and short.
var token = uniqueString(resourceGroup().id, name)

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: '${name}-identity'
  location: location
}

// Made before the app, which lets in what comes through it alone.
resource profile 'Microsoft.Cdn/profiles@2024-02-01' = if (front) {
  name: '${name}-front'
  location: 'global'
  sku: { name: frontSku }
  properties: {
    // The longest that Functions lets a request take is 230: https://learn.microsoft.com/azure/azure-functions/functions-scale#timeout
    originResponseTimeoutSeconds: 240
  }
}

// Its address is the origin of the pages, which the containers let in.
resource endpoint 'Microsoft.Cdn/profiles/afdEndpoints@2024-02-01' = if (front) {
  parent: profile
  name: name
  location: 'global'
  properties: { enabledState: 'Enabled' }
}

module storage 'storage.bicep' = {
  name: '${deployment().name}-storage'
  params: {
    location: location
    token: token
    principalId: identity.properties.principalId
    dataSku: dataSku
    origins: union([front ? 'https://${endpoint!.properties.hostName}' : 'https://${name}.azurewebsites.net'], origins)
  }
}

module vault 'vault.bicep' = {
  name: '${deployment().name}-vault'
  params: {
    location: location
    token: token
    principalId: identity.properties.principalId
    adminKey: adminKey
  }
}

module watching 'watching.bicep' = {
  name: '${deployment().name}-watching'
  params: {
    name: name
    location: location
    principalId: identity.properties.principalId
    alertMail: alertMail
    dataAccountName: storage.outputs.dataAccountName
  }
}

module functions 'functions.bicep' = {
  name: '${deployment().name}-functions'
  params: {
    name: name
    location: location
    identityName: identity.name
    hostAccountName: storage.outputs.hostAccountName
    dataAccountName: storage.outputs.dataAccountName
    packagesContainer: storage.outputs.packagesContainer
    vaultUri: vault.outputs.uri
    telemetry: watching.outputs.connectionString
    frontDoorId: front ? profile!.properties.frontDoorId : ''
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    nodeVersion: nodeVersion
  }
}

module door 'front.bicep' = if (front) {
  name: '${deployment().name}-front'
  params: {
    name: name
    profileName: profile!.name
    endpointName: endpoint!.name
    host: functions.outputs.host
    sku: frontSku
    requestsPerAddress: requestsPerAddress
  }
}

output app string = name
output vault string = vault.outputs.name
output url string = front ? door!.outputs.url : 'https://${functions.outputs.host}'
