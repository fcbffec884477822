// What a month may cost before somebody is told. A budget stops nothing.

@description('The name of the budget.')
param name string

@description('How much a month, in the currency of the account.')
@minValue(1)
param monthlyAmount int

@description('The first day of the first month, such as 2027-01-01; it stays as it is afterwards.')
param startDate string

@description('Who is told.')
@minLength(1)
param contactEmails array

resource budget 'Microsoft.Consumption/budgets@2024-08-01' = {
  name: name
  properties: {
    category: 'Cost'
    amount: monthlyAmount
    timeGrain: 'Monthly'
    timePeriod: {
      startDate: startDate
    }
    notifications: {
      actual80: {
        enabled: true
        operator: 'GreaterThan'
        threshold: 80
        thresholdType: 'Actual'
        contactEmails: contactEmails
      }
      forecast100: {
        enabled: true
        operator: 'GreaterThan'
        threshold: 100
        thresholdType: 'Forecasted'
        contactEmails: contactEmails
      }
    }
  }
}
