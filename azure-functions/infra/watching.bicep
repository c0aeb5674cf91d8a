// Application Insights, and alerts on what is never right.
param name string
param location string
param principalId string
param alertMail string
param dataAccountName string

var metricsPublisher = '3913510d-42f4-4e42-8a64-420c390055eb' // Monitoring Metrics Publisher

resource workspace 'Microsoft.OperationalInsights/workspaces@2023-09-01' = {
  name: '${name}-logs'
  location: location
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: 30
    // A cap of what can be spent on logs.
    workspaceCapping: { dailyQuotaGb: 1 }
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: '${name}-insights'
  location: location
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
    DisableLocalAuth: true
  }
}

resource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: insights
  name: guid(insights.id, principalId, metricsPublisher)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', metricsPublisher)
  }
}

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: '${name}-alerts'
  location: 'global'
  properties: {
    groupShortName: 'skein'
    enabled: true
    emailReceivers: empty(alertMail) ? [] : [{ name: 'mail', emailAddress: alertMail, useCommonAlertSchema: true }]
  }
}

var metrics = [
  {
    name: 'failures'
    description: 'Functions failed, or answered with a status from 500 on.'
    metric: 'requests/failed'
    aggregation: 'Count'
    threshold: 5
    window: 'PT5M'
  }
  {
    name: 'latency'
    description: 'Functions took over three seconds on the average of fifteen minutes.'
    metric: 'requests/duration'
    aggregation: 'Average'
    threshold: 3000
    window: 'PT15M'
  }
]

resource metricAlerts 'Microsoft.Insights/metricAlerts@2018-03-01' = [
  for one in metrics: {
    name: '${name}-${one.name}'
    location: 'global'
    properties: {
      description: one.description
      severity: 2
      enabled: true
      scopes: [insights.id]
      evaluationFrequency: 'PT5M'
      windowSize: one.window
      criteria: {
        'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
        allOf: [
          {
            criterionType: 'StaticThresholdCriterion'
            name: one.name
            metricNamespace: 'microsoft.insights/components'
            metricName: one.metric
            operator: 'GreaterThan'
            threshold: one.threshold
            timeAggregation: one.aggregation
          }
        ]
      }
      actions: [{ actionGroupId: people.id }]
    }
  }
]

// Queue Storage has no metric of how old a message is; the host says it of each that it takes.
// https://learn.microsoft.com/azure/azure-functions/durable/durable-functions-diagnostics#tracking-data
var queries = [
  {
    name: 'poison'
    description: 'A message, an object or a time was given up: it is in a poison queue.'
    query: 'traces | where message has "delivery failed for good" or message has "to queue" and message has "-poison"'
  }
  {
    name: 'queue-age'
    description: 'A message waited for over fifteen minutes.'
    query: 'traces | where message startswith "Trigger Details:" | extend inserted = todatetime(extract(@"(?:InsertedOn|InsertionTime): ([^,]+)", 1, message)) | where timestamp - inserted > 15m'
  }
  {
    name: 'failed-runs'
    description: 'A run failed.'
    query: 'traces | where customDimensions.Category == "Host.Triggers.DurableTask" and customDimensions.prop__functionType == "Orchestrator" and customDimensions.prop__functionName == "skein" and customDimensions.prop__state == "Failed" and customDimensions.prop__isReplay != "True"'
  }
]

resource queryAlerts 'Microsoft.Insights/scheduledQueryRules@2023-03-15-preview' = [
  for one in queries: {
    name: '${name}-${one.name}'
    location: location
    kind: 'LogAlert'
    properties: {
      displayName: '${name}: ${one.name}'
      description: one.description
      severity: 2
      enabled: true
      scopes: [insights.id]
      evaluationFrequency: 'PT15M'
      windowSize: 'PT15M'
      autoMitigate: true
      // The tables are there when the first line is.
      skipQueryValidation: true
      criteria: {
        allOf: [
          {
            query: one.query
            timeAggregation: 'Count'
            operator: 'GreaterThan'
            threshold: 0
            failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
          }
        ]
      }
      actions: { actionGroups: [people.id] }
    }
  }
]

// What nobody takes is not said by the host: the account counts it, once an hour.
resource dataAccount 'Microsoft.Storage/storageAccounts@2023-05-01' existing = {
  name: dataAccountName

  resource queues 'queueServices' existing = { name: 'default' }
}

resource waiting 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: '${name}-waiting'
  location: 'global'
  properties: {
    description: 'Over a thousand messages wait, those in poison queues included.'
    severity: 3
    enabled: true
    scopes: [dataAccount::queues.id]
    evaluationFrequency: 'PT1H'
    windowSize: 'PT1H'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: 'waiting'
          metricNamespace: 'Microsoft.Storage/storageAccounts/queueServices'
          metricName: 'QueueMessageCount'
          operator: 'GreaterThan'
          threshold: 1000
          timeAggregation: 'Average'
        }
      ]
    }
    actions: [{ actionGroupId: people.id }]
  }
}

output connectionString string = insights.properties.ConnectionString
