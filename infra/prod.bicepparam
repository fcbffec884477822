// Customers' tenants. What is not named here is as main.bicep has it.
using './main.bicep'

param environmentName = 'prod'
param clientId = readEnvironmentVariable('KEEPER_CLIENT_ID')
param regions = readEnvironmentVariable('KEEPER_REGIONS')
param operatorTenants = split(readEnvironmentVariable('KEEPER_OPERATOR_TENANTS'), ',')
param operatorEmails = split(readEnvironmentVariable('KEEPER_OPERATOR_EMAILS'), ',')
param publicUrl = readEnvironmentVariable('KEEPER_PUBLIC_URL', '')
param certificateSecretName = readEnvironmentVariable('KEEPER_CERTIFICATE_SECRET_NAME', '')
param deployerPrincipalId = readEnvironmentVariable('KEEPER_DEPLOYER_PRINCIPAL_ID', '')
param alertWebhookUrl = readEnvironmentVariable('KEEPER_ALERT_WEBHOOK_URL', '')
param isFirstDeployment = bool(readEnvironmentVariable('KEEPER_FIRST_DEPLOYMENT', 'false'))
param runbooksUrl = readEnvironmentVariable('KEEPER_RUNBOOKS_URL', '')
param provisionAlwaysReady = 1
param workStorageSku = 'Standard_GZRS'
param hostStorageSku = 'Standard_ZRS'
param logRetentionDays = 180
param logDailyGigabytes = 20
param budgetAmount = 500
param budgetStartDate = '2026-12-01'
