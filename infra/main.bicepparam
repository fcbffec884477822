// What azd deploys; `azd env set` says the rest. The pipeline uses dev.bicepparam and prod.bicepparam.
using './main.bicep'

param environmentName = readEnvironmentVariable('AZURE_ENV_NAME')
param location = readEnvironmentVariable('AZURE_LOCATION')
param clientId = readEnvironmentVariable('KEEPER_CLIENT_ID')
param regions = readEnvironmentVariable('KEEPER_REGIONS')
param operatorTenants = split(readEnvironmentVariable('KEEPER_OPERATOR_TENANTS', ''), ',')
param operatorEmails = split(readEnvironmentVariable('KEEPER_OPERATOR_EMAILS'), ',')
param isFirstDeployment = bool(readEnvironmentVariable('KEEPER_FIRST_DEPLOYMENT', 'false'))
param workStorageSku = 'Standard_LRS'
param hostStorageSku = 'Standard_LRS'
param logDailyGigabytes = 1
param budgetAmount = 0
param budgetStartDate = '2026-12-01'
