#!/usr/bin/env pwsh
#Requires -Version 7.0
# Exports who has access to Azure subscriptions into a folder that `pec --evidence` reads.
#
#   pwsh collect.ps1 FOLDER [--group-members] [--links-complete] [SUBSCRIPTION_ID...]
#
# Without ids: every subscription that `az account list` shows. Sign in first, with `az login`.
#   --group-members    also asks Microsoft Graph who is in the groups that hold roles
#   --links-complete   the identity signed in is the only one of yours that could be linked to a partner id
#
# It only reads: every command is a `list`, a `show` or a `rest --method get`. Each asks for the fields that pec needs;
# names, callers and claims stay with Azure. What cannot be read is left out of manifest.json and told on stderr.
Set-StrictMode -Version 3.0
# What a profile may have set otherwise: an error of one command is told and the next is run.
$ErrorActionPreference = 'Continue'
$PSNativeCommandUseErrorActionPreference = $false
# Arguments as they are written here; Invoke-Az puts in quotes what needs them.
if ($IsWindows) { $PSNativeCommandArgumentPassing = 'Legacy' }

function Say([string] $Text) { [Console]::Error.WriteLine("collect: $Text") }
function Stop-Usage { Get-Content $PSCommandPath | Select-Object -Skip 2 -First 7 | ForEach-Object { [Console]::Error.WriteLine(($_ -replace '^# ?', '')) }; exit 2 }
function At([datetime] $Time) { $Time.ToString('yyyy-MM-ddTHH:mm:ssZ', [cultureinfo]::InvariantCulture) }

$out = ''; $groupMembers = $false; $linksComplete = $false; $subscriptions = @()
foreach ($argument in $args) {
    if ($argument -eq '--group-members') { $groupMembers = $true }
    elseif ($argument -eq '--links-complete') { $linksComplete = $true }
    elseif ("$argument".StartsWith('-')) { Stop-Usage }
    elseif (-not $out) { $out = "$argument" }
    elseif ($argument -match '^[0-9A-Fa-f-]{36}$') { $subscriptions += "$argument".ToLowerInvariant() }
    else { Say "${argument}: no subscription id"; Stop-Usage }
}
if (-not $out) { Stop-Usage }
if (-not (Get-Command az -ErrorAction Ignore)) { Say 'no Azure CLI; install az and sign in with az login'; exit 2 }
if ((Test-Path -LiteralPath $out) -and (Get-ChildItem -Force -LiteralPath $out)) { Say "$out is not empty; name a new folder, so that nothing old is mixed in"; exit 2 }
# New-Item may fail without an error.
try {
    [void] (New-Item -ItemType Directory -Force $out -ErrorAction Stop)
    $folder = (Resolve-Path -LiteralPath $out -ErrorAction Stop).ProviderPath
    New-Item -ItemType File (Join-Path $folder '.collect') -ErrorAction Stop | Remove-Item -Force -ErrorAction Stop
} catch { Say "$out cannot be written to: $_"; exit 2 }
$out = $folder

# No extension is installed on the way, and no warning gets into an answer.
$env:AZURE_EXTENSION_USE_DYNAMIC_INSTALL = 'no'
$env:AZURE_CORE_ONLY_SHOW_ERRORS = 'true'
$files = [System.Collections.Generic.List[object]]::new()
$script:leftOut = 0
$script:failure = ''

# The lines that az answers, or nothing where it fails; $script:failure then says why.
function Invoke-Az([string[]] $Arguments) {
    # az is a batch file on Windows: what cmd would take for its own is put in quotes. No such argument has a space.
    if ($IsWindows) { $Arguments = $Arguments | ForEach-Object { if ($_ -match '[&|<>^(){}\[\]]') { "`"$_`"" } else { $_ } } }
    $script:failure = ''
    # Into a pipe az writes the ANSI code page of Windows, not that of the console; scopes may have more than ASCII.
    $console = [Console]::OutputEncoding
    if ($IsWindows) { [Console]::OutputEncoding = [System.Text.Encoding]::GetEncoding(0) }
    $answer = az @Arguments 2>&1
    if ($IsWindows) { [Console]::OutputEncoding = $console }
    $lines = @($answer | Where-Object { $_ -isnot [System.Management.Automation.ErrorRecord] } | ForEach-Object { "$_" })
    if ($LASTEXITCODE -eq 0) { return , $lines }
    # What az says of its error, and not what Python warns of before it.
    $told = @($answer | Where-Object { $_ -is [System.Management.Automation.ErrorRecord] } | ForEach-Object { $_.Exception.Message } | Where-Object { $_.Trim() })
    $script:failure = @($told -clike 'ERROR: *') + @($told | Select-Object -Last 1) + "az ended with $LASTEXITCODE" | Select-Object -First 1
}

# A plain text, blank where it cannot be had.
function Get-Value([string[]] $Arguments) { $lines = Invoke-Az ($Arguments + '--output', 'tsv'); if ($lines) { $lines | Where-Object { $_ } } }

function Skip-File([string] $Path) {
    $script:leftOut += 1
    Say "$Path is left out: $script:failure"
}

function Write-File([string] $Path, [string[]] $Lines) {
    $file = Join-Path $out $Path
    try {
        [void] [System.IO.Directory]::CreateDirectory((Split-Path $file))
        [System.IO.File]::WriteAllText($file, ($Lines -join "`n") + "`n")
    } catch { Say "$file cannot be written: $_"; exit 2 }
}

# az begins an answer with a bracket and ends it with its fellow, alone on a line. `null` is no answer.
function Assert-Whole([string[]] $Lines) {
    $begin = if ($Lines -and $Lines[0]) { $Lines[0].Substring(0, 1) } else { '' }
    $end = if ($Lines) { $Lines[-1] } else { '' }
    if ("$begin$end" -notin '[]', '[[]', '{}') { $script:failure = 'az gave no whole answer' }
}

# The answer of one command; true where there is one.
function Export-Json([string] $Path, [string[]] $Arguments) {
    $lines = Invoke-Az ($Arguments + '--output', 'json')
    if (-not $script:failure) { Assert-Whole $lines }
    if ($script:failure) { Skip-File $Path; return $false }
    Write-File $Path $lines
    return $true
}

# Every page, one after the other. A page that fails, or has no list, fails all.
function Export-Pages([string] $Path, [string] $Url, [string] $Query) {
    $pages = @()
    while ($Url) {
        $lines = Invoke-Az (-split 'rest --method get --url' + $Url, '--query', $Query, '--output', 'json')
        if (-not $script:failure) { Assert-Whole $lines }
        if (-not $script:failure -and -not ($lines -cmatch '^  "value": \[')) { $script:failure = 'az gave a page without a list' }
        if ($script:failure) { Skip-File $Path; return $false }
        $pages += $lines
        $Url = ($lines -join "`n" | ConvertFrom-Json).nextLink
    }
    Write-File $Path $pages
    return $true
}

# The file's entry in the manifest.
function Add-File([string] $Path, [string] $Kind, [string] $TakenAt, [bool] $Complete, [hashtable] $More = @{}) {
    $files.Add(@{ path = $Path; kind = $Kind; taken_at = $TakenAt; complete = $Complete } + $More)
}

# ------------------------------------------------------------------------------------------------ what az is asked for
$roleAssignments = '[].{id:id,type:type,scope:scope,roleDefinitionId:roleDefinitionId,principalId:principalId,principalType:principalType,condition:condition,createdOn:createdOn}'
$roleDefinitions = '[].{id:id,name:name,type:type,roleName:roleName,roleType:roleType}'
$definition = 'properties.registrationDefinition'
$lighthouse = "[].{id:id,type:type,systemData:{createdAt:systemData.createdAt},properties:{provisioningState:properties.provisioningState,registrationDefinitionId:properties.registrationDefinitionId,registrationDefinition:{id:$definition.id,plan:$definition.plan,properties:{managedByTenantId:$definition.properties.managedByTenantId,authorizations:$definition.properties.authorizations[].{principalId:principalId,roleDefinitionId:roleDefinitionId},eligibleAuthorizations:$definition.properties.eligibleAuthorizations[].{principalId:principalId,roleDefinitionId:roleDefinitionId}}}}}"
$schedules = '{nextLink:nextLink,value:value[].{id:id,type:type,properties:{scope:properties.scope,roleDefinitionId:properties.roleDefinitionId,principalId:properties.principalId,principalType:properties.principalType,assignmentType:properties.assignmentType,linkedRoleEligibilityScheduleId:properties.linkedRoleEligibilityScheduleId,startDateTime:properties.startDateTime,endDateTime:properties.endDateTime}}}'
$denies = '{nextLink:nextLink,value:value[].{id:id,type:type,properties:{scope:properties.scope,doNotApplyToChildScopes:properties.doNotApplyToChildScopes,createdOn:properties.createdOn,principals:properties.principals[].{id:id,type:type},excludePrincipals:properties.excludePrincipals[].{id:id,type:type}}}}'
# The bodies are texts that az cannot cut: they hold the assignment, with object ids and no names of people.
$activity = '[].{operationName:operationName.value,status:status.value,eventTimestamp:eventTimestamp,operationId:operationId,resourceId:resourceId,authorization:{scope:authorization.scope},properties:{statusCode:properties.statusCode,requestbody:properties.requestbody||properties.requestBody,responseBody:properties.responseBody||properties.responsebody}}'
$link = '{objectId:objectId,tenantId:tenantId,partnerId:partnerId,state:state,version:version,createdTime:createdTime,updatedTime:updatedTime}'
# `@odata.type` can be named in double quotes only, and these are lost on the way to az in some shells.
$members = "[].{id:id,objectType:contains(values(@),'#microsoft.graph.group')&&'#microsoft.graph.group'||null}"
# What the service answers where there is no link. A tenant, a host or a page that is not found says nothing about one.
$noPartner = '^ERROR: \((Partner[A-Za-z]*|Resource)?NotFound\)'
$tree = '{id:id,type:type,properties:{children:properties.children}}'

$maxEvents = 100000
$days = 89     # Azure keeps 90; a day in hand, so that the window does not begin before the log does
$lag = 1800    # seconds until an event is in the log

# -------------------------------------------------------------------------------------------------- each subscription
function Export-Subscription([string] $Id) {
    $only = @{ subscriptions = @($Id) }
    # Before the first command: what is granted while the commands run must not be claimed for it.
    $now = [datetime]::UtcNow
    $takenAt = At $now; $from = At $now.AddDays(-$days); $logEnd = At $now.AddSeconds(-$lag)

    # --all and not --scope with --include-inherited: --all lists what the service holds at, above and below the
    # subscription, of users, groups and foreign groups. --include-inherited leaves out what lies below the subscription,
    # and before February 2025 what management groups pass on; az refuses --scope together with --all.
    # --include-groups is for one --assignee only: who is in a group is not part of this list.
    $path = "$Id/role_assignments.json"
    if (Export-Json $path (-split "role assignment list --all --subscription $Id --query" + $roleAssignments)) { Add-File $path role_assignments $takenAt $true $only }
    $path = "$Id/lighthouse_assignments.json"
    if (Export-Json $path (-split "managedservices assignment list --include-definition true --subscription $Id --query" + $lighthouse)) { Add-File $path lighthouse_assignments $takenAt $true $only }
    $path = "$Id/role_definitions.json"
    if (Export-Json $path (-split "role definition list --custom-role-only true --subscription $Id --query" + $roleDefinitions)) { Add-File $path role_definitions $takenAt $true $only }

    $authorization = "/subscriptions/$Id/providers/Microsoft.Authorization"
    $path = "$Id/deny_assignments.json"
    if (Export-Pages $path "$authorization/denyAssignments?api-version=2022-04-01" $denies) { Add-File $path deny_assignments $takenAt $true $only }
    $path = "$Id/pim_assignments.json"
    if (Export-Pages $path "$authorization/roleAssignmentScheduleInstances?api-version=2020-10-01" $schedules) { Add-File $path pim_assignments $takenAt $true $only }
    $path = "$Id/pim_eligibilities.json"
    if (Export-Pages $path "$authorization/roleEligibilityScheduleInstances?api-version=2020-10-01" $schedules) { Add-File $path pim_eligibilities $takenAt $true $only }

    $path = "$Id/activity_log.json"
    $command = -split "monitor activity-log list --resource-provider Microsoft.Authorization --subscription $Id --start-time $from --end-time $logEnd --max-events $maxEvents --query"
    if (Export-Json $path ($command + $activity)) {
        $complete = @(Select-String '"eventTimestamp"' -LiteralPath (Join-Path $out $path)).Count -lt $maxEvents
        if (-not $complete) { Say "$path holds the newest $maxEvents events only" }
        Add-File $path activity_log $logEnd $complete ($only + @{ from = $from })
    }
}

# --------------------------------------------------------------------------------------------------------------- once
# The partner id that the identity signed in is linked to, in the tenant it is signed in to.
function Export-PartnerLink {
    $path = 'partner_links.json'
    $takenAt = At ([datetime]::UtcNow)
    if (-not (Get-Value (-split 'extension show --name managementpartner --query name'))) {
        $script:failure = 'the extension managementpartner is not installed; az extension add --name managementpartner'
        Skip-File $path
        return
    }
    if ((Get-Value (-split 'account show --query user.type')) -eq 'user') { $identity = Get-Value (-split 'ad signed-in-user show --query id') }
    else { $identity = Get-Value (-split "ad sp show --id $(Get-Value (-split 'account show --query user.name')) --query id") }
    $lines = Invoke-Az (-split 'managementpartner show --query' + $link, '--output', 'json')
    if (-not $script:failure) { Assert-Whole $lines }
    elseif ($identity -and $script:failure -cmatch $noPartner) { $script:failure = ''; $lines = '[]' }
    if ($script:failure) { Skip-File $path; return }
    Write-File $path $lines
    Add-File $path partner_links $takenAt $linksComplete @{ identities = @($identity | Where-Object { $_ }) }
    if (-not $linksComplete) { Say "$path holds one identity; pass --links-complete if no other of yours could be linked" }
}

# The tree below the tenant's root group or, where that may not be seen, below each group that may. By `rest`, since
# `az account management-group` registers a resource provider.
function Export-ManagementGroups {
    $groups = '/providers/Microsoft.Management/managementGroups'
    $takenAt = At ([datetime]::UtcNow)
    $number = 0
    $names = @(Get-Value (-split 'account show --query tenantId')) + @(Get-Value (-split "rest --method get --url $groups`?api-version=2020-05-01 --query value[].name"))
    foreach ($group in $names) {
        $number += 1
        $path = "management_groups_$number.json"
        $command = -split "rest --method get --url $groups/$group --url-parameters api-version=2020-05-01 `$expand=children `$recurse=true --query"
        if (Export-Json $path ($command + $tree)) {
            Add-File $path management_groups $takenAt $true
            if ($number -eq 1) { return }
        }
    }
}

# Members of the groups that hold roles, and of the groups in them.
function Export-GroupMembers {
    $waiting = [System.Collections.Generic.Queue[string]]::new()
    $known = [System.Collections.Generic.HashSet[string]]::new()
    foreach ($file in $files | Where-Object { $_.kind -eq 'role_assignments' }) {
        Get-Content -Raw -LiteralPath (Join-Path $out $file.path) | ConvertFrom-Json | Where-Object { $_.principalType -eq 'Group' } | ForEach-Object { $waiting.Enqueue($_.principalId) }
    }
    while ($waiting.Count) {
        $group = $waiting.Dequeue()
        if (-not $known.Add($group)) { continue }
        $path = "group_members_$group.json"
        $takenAt = At ([datetime]::UtcNow)
        if (-not (Export-Json $path (-split "ad group member list --group $group --query" + $members))) { continue }
        Add-File $path group_members $takenAt $true @{ group = $group }
        Get-Content -Raw -LiteralPath (Join-Path $out $path) | ConvertFrom-Json | Where-Object { $_.objectType } | ForEach-Object { $waiting.Enqueue($_.id) }
    }
}

$started = At ([datetime]::UtcNow)
if (-not $subscriptions) { $subscriptions = @(Get-Value (-split 'account list --query [].id')) }
if (-not $subscriptions) {
    $why = if ($script:failure) { $script:failure } else { 'sign in with az login' }
    Say "no subscription to be seen: $why"
    exit 2
}
foreach ($subscription in $subscriptions | Sort-Object -Unique) {
    Say "subscription $subscription"
    Export-Subscription $subscription
}
Export-PartnerLink
Export-ManagementGroups
if ($groupMembers) { Export-GroupMembers }

Write-File manifest.json (ConvertTo-Json -Depth 5 ([ordered]@{ version = 1; taken_at = $started; files = $files }))
Say "written to $out; $script:leftOut left out"
exit 0
