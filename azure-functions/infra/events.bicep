// Tells the app's blob triggers of what is put into their containers. To be deployed after the app was published: the key of the
// host's path for events is there when its first blob trigger is.
// https://learn.microsoft.com/azure/azure-functions/functions-event-grid-blob-trigger
targetScope = 'resourceGroup'

@description('The name that main.bicep was given.')
param name string

param location string = resourceGroup().location

var apps = any(loadJsonContent('apps.json'))

resource app 'Microsoft.Web/sites@2024-04-01' existing = {
  name: name
}

resource data 'Microsoft.Storage/storageAccounts@2023-05-01' existing = {
  // As in main.bicep.
  name: 'sd${uniqueString(resourceGroup().id, name)}'
}

resource topic 'Microsoft.EventGrid/systemTopics@2022-06-15' = if (!empty(apps.objects)) {
  name: '${name}-objects'
  location: location
  properties: {
    source: data.id
    topicType: 'Microsoft.Storage.StorageAccounts'
  }
}

resource subscriptions 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2022-06-15' = [
  for one in apps.objects: {
    parent: topic
    name: one.subscription
    properties: {
      eventDeliverySchema: 'EventGridSchema'
      filter: {
        includedEventTypes: ['Microsoft.Storage.BlobCreated']
        subjectBeginsWith: '/blobServices/default/containers/${one.container}/blobs/'
      }
      destination: {
        endpointType: 'WebHook'
        properties: {
          endpointUrl: 'https://${app.properties.defaultHostName}/runtime/webhooks/blobs?functionName=Host.Functions.${one.function}&code=${listKeys('${app.id}/host/default', '2024-04-01').systemKeys.blobs_extension}'
        }
      }
      retryPolicy: { maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 }
    }
  }
]
