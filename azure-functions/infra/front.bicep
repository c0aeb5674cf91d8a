// Front Door with a firewall. Floods below HTTP end there too: its network has Azure's DDoS protection, which costs nothing. What is
// sold as DDoS Network Protection guards virtual networks, and there is none here.
// https://learn.microsoft.com/azure/frontdoor/front-door-ddos
param name string
param profileName string
param endpointName string
param host string
param sku string
param requestsPerAddress int

resource profile 'Microsoft.Cdn/profiles@2024-02-01' existing = {
  name: profileName
}

resource endpoint 'Microsoft.Cdn/profiles/afdEndpoints@2024-02-01' existing = {
  parent: profile
  name: endpointName
}

// No probe: with one origin it changes nothing, and each of Front Door's places would keep the app awake.
// https://learn.microsoft.com/azure/frontdoor/health-probes
resource origins 'Microsoft.Cdn/profiles/originGroups@2024-02-01' = {
  parent: profile
  name: 'functions'
  properties: {
    loadBalancingSettings: { sampleSize: 4, successfulSamplesRequired: 3 }
    sessionAffinityState: 'Disabled'
  }
}

resource origin 'Microsoft.Cdn/profiles/originGroups/origins@2024-02-01' = {
  parent: origins
  name: 'app'
  properties: {
    hostName: host
    originHostHeader: host
    httpsPort: 443
    enforceCertificateNameCheck: true
  }
}

resource route 'Microsoft.Cdn/profiles/afdEndpoints/routes@2024-02-01' = {
  parent: endpoint
  name: 'all'
  properties: {
    originGroup: { id: origins.id }
    patternsToMatch: ['/*']
    supportedProtocols: ['Http', 'Https']
    httpsRedirect: 'Enabled'
    forwardingProtocol: 'HttpsOnly'
    linkToDefaultDomain: 'Enabled'
  }
  dependsOn: [origin]
}

resource firewall 'Microsoft.Network/FrontDoorWebApplicationFirewallPolicies@2024-02-01' = {
  // Letters and digits only.
  name: 'waf${replace(name, '-', '')}'
  location: 'global'
  sku: { name: sku }
  properties: {
    policySettings: {
      enabledState: 'Enabled'
      mode: 'Prevention'
      customBlockResponseStatusCode: 429
    }
    customRules: {
      rules: [
        {
          name: 'rate'
          priority: 100
          enabledState: 'Enabled'
          ruleType: 'RateLimitRule'
          rateLimitDurationInMinutes: 1
          rateLimitThreshold: requestsPerAddress
          action: 'Block'
          // A rule must match something: every address.
          matchConditions: [
            { matchVariable: 'SocketAddr', operator: 'IPMatch', negateCondition: false, matchValue: ['0.0.0.0/0', '::/0'] }
          ]
        }
      ]
    }
    managedRules: {
      // https://learn.microsoft.com/azure/web-application-firewall/afds/waf-front-door-drs
      managedRuleSets: sku == 'Premium_AzureFrontDoor'
        ? [{ ruleSetType: 'Microsoft_DefaultRuleSet', ruleSetVersion: '2.1', ruleSetAction: 'Block' }]
        : []
    }
  }
}

resource policy 'Microsoft.Cdn/profiles/securityPolicies@2024-02-01' = {
  parent: profile
  name: 'firewall'
  properties: {
    parameters: {
      type: 'WebApplicationFirewall'
      wafPolicy: { id: firewall.id }
      associations: [{ domains: [{ id: endpoint.id }], patternsToMatch: ['/*'] }]
    }
  }
}

output url string = 'https://${endpoint.properties.hostName}'
