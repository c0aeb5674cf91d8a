// The plan and the app. https://learn.microsoft.com/azure/azure-functions/functions-infrastructure-as-code?pivots=flex-consumption-plan
param name string
param location string
param identityName string
param hostAccountName string
param dataAccountName string
param packagesContainer string
param vaultUri string
param telemetry string
@description('Empty: the app answers the internet itself.')
param frontDoorId string
param instanceMemoryMB int
param maximumInstanceCount int
param nodeVersion string

var apps = any(loadJsonContent('apps.json'))
var suffix = environment().suffixes.storage

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' existing = {
  name: identityName
}

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  name: '${name}-plan'
  location: location
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2024-04-01' = {
  name: name
  location: location
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identity.id}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    // References to the vault are read by this one: https://learn.microsoft.com/azure/app-service/app-service-key-vault-references
    keyVaultReferenceIdentity: identity.id
    functionAppConfig: {
      runtime: { name: 'node', version: nodeVersion }
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packagesContainer
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identity.id
          }
        }
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
      }
    }
    siteConfig: {
      minTlsVersion: '1.2'
      http20Enabled: true
      // https://learn.microsoft.com/azure/frontdoor/origin-security?pivots=front-door-standard-premium
      ipSecurityRestrictionsDefaultAction: empty(frontDoorId) ? 'Allow' : 'Deny'
      ipSecurityRestrictions: empty(frontDoorId)
        ? []
        : [
            {
              name: 'front'
              priority: 100
              action: 'Allow'
              tag: 'ServiceTag'
              ipAddress: 'AzureFrontDoor.Backend'
              headers: { 'x-azure-fdid': [frontDoorId] }
            }
            // It calls the host's own path of blob triggers, with a key of that path.
            { name: 'events', priority: 110, action: 'Allow', tag: 'ServiceTag', ipAddress: 'AzureEventGrid' }
          ]
      // Publishing does not come through Front Door.
      scmIpSecurityRestrictionsUseMain: false
      appSettings: concat(
        [
          { name: 'AzureWebJobsStorage__accountName', value: hostAccountName }
          { name: 'AzureWebJobsStorage__credential', value: 'managedidentity' }
          { name: 'AzureWebJobsStorage__clientId', value: identity.properties.clientId }
          { name: 'AzureWebJobsDisableHomepage', value: 'true' }
          { name: 'APPLICATIONINSIGHTS_CONNECTION_STRING', value: telemetry }
          {
            name: 'APPLICATIONINSIGHTS_AUTHENTICATION_STRING'
            value: 'ClientId=${identity.properties.clientId};Authorization=AAD'
          }
          { name: 'SKEIN_STORAGE__blobServiceUri', value: 'https://${dataAccountName}.blob.${suffix}' }
          { name: 'SKEIN_STORAGE__queueServiceUri', value: 'https://${dataAccountName}.queue.${suffix}' }
          { name: 'SKEIN_STORAGE__tableServiceUri', value: 'https://${dataAccountName}.table.${suffix}' }
          { name: 'SKEIN_STORAGE__credential', value: 'managedidentity' }
          { name: 'SKEIN_STORAGE__clientId', value: identity.properties.clientId }
          { name: 'SKEIN_ADMIN_KEY', value: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/skein-admin-key)' }
        ],
        empty(frontDoorId) ? [] : [{ name: 'SKEIN_FRONT_DOOR_ID', value: frontDoorId }],
        map(apps.secrets, secret => {
          name: secret.variable
          value: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/${secret.name})'
        })
      )
    }
  }
}

output host string = app.properties.defaultHostName
