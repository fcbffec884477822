// A trial in Azure: small, and cheap where nothing happens.
using './main.bicep'

param environmentName = 'dev'
param clientId = readEnvironmentVariable('KEEPER_CLIENT_ID')
param regions = readEnvironmentVariable('KEEPER_REGIONS')
param operatorTenants = split(readEnvironmentVariable('KEEPER_OPERATOR_TENANTS', ''), ',')
param operatorEmails = split(readEnvironmentVariable('KEEPER_OPERATOR_EMAILS'), ',')
param deployerPrincipalId = readEnvironmentVariable('KEEPER_DEPLOYER_PRINCIPAL_ID', '')
param isFirstDeployment = bool(readEnvironmentVariable('KEEPER_FIRST_DEPLOYMENT', 'false'))
param workStorageSku = 'Standard_LRS'
param hostStorageSku = 'Standard_LRS'
param logDailyGigabytes = 1
param budgetAmount = 50
param budgetStartDate = '2026-12-01'
