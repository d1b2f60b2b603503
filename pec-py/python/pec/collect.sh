#!/usr/bin/env bash
# Exports who has access to Azure subscriptions into a folder that `pec --evidence` reads.
#
#   bash collect.sh FOLDER [--group-members] [--links-complete] [SUBSCRIPTION_ID...]
#
# Without ids: every subscription that `az account list` shows. Sign in first, with `az login`.
#   --group-members    also asks Microsoft Graph who is in the groups that hold roles
#   --links-complete   the identity signed in is the only one of yours that could be linked to a partner id
#
# It only reads: every command is a `list`, a `show` or a `rest --method get`. Each asks for the fields that pec needs;
# names, callers and claims stay with Azure. What cannot be read is left out of manifest.json and told on stderr.
set -u

usage() { sed -n '2,8s/^# \{0,1\}//p' "$0" >&2; exit 2; }
say() { printf 'collect: %s\n' "$*" >&2; }
at() { date -u -d "@$1" +%Y-%m-%dT%H:%M:%SZ 2>/dev/null || date -u -r "$1" +%Y-%m-%dT%H:%M:%SZ; }  # GNU, else BSD

out='' group_members=no links_complete=false subscriptions=''
for argument in "$@"; do
  case $argument in
    --group-members) group_members=yes ;;
    --links-complete) links_complete=true ;;
    -*) usage ;;
    *) if [ -z "$out" ]; then out=$argument
       elif [[ $argument =~ ^[0-9A-Fa-f-]{36}$ ]]; then subscriptions="$subscriptions $(tr A-F a-f <<<"$argument")"
       else say "$argument: no subscription id"; usage; fi ;;
  esac
done
[ -n "$out" ] || usage
command -v az >/dev/null || { say 'no Azure CLI; install az and sign in with az login'; exit 2; }
if [ -d "$out" ] && [ -n "$(ls -A "$out")" ]; then say "$out is not empty; name a new folder, so that nothing old is mixed in"; exit 2; fi
{ mkdir -p "$out" && : >"$out/.collect" && rm "$out/.collect"; } || { say "$out cannot be written to"; exit 2; }

# No extension is installed on the way, and no warning gets into an answer.
export AZURE_EXTENSION_USE_DYNAMIC_INSTALL=no AZURE_CORE_ONLY_SHOW_ERRORS=true
errors=$(mktemp) page=$(mktemp) files='' left_out=0
trap 'rm -f "$errors" "$page"' EXIT

# ask AZ_ARGUMENTS...: the answer of one command. One that fails says why, in $errors.
ask() {
  local status
  az "$@" </dev/null 2>"$errors" && return
  status=$?
  grep -q '[^[:space:]]' "$errors" || echo "az ended with $status" >"$errors"
  return $status
}

# why: what az says of its error, and not what Python warns of before it; blank where nothing failed.
why() { awk '{ sub(/\r$/, "") } /^ERROR: / { told = $0; exit } NF { told = $0 } END { print told }' "$errors"; }

# value AZ_ARGUMENTS...: a plain text, blank where it cannot be had.
value() { ask "$@" --output tsv | tr -d '\r'; }

# is_whole FILE: az begins an answer with a bracket and ends it with its fellow, alone on a line. `null` is no answer.
is_whole() {
  case "$(head -c 1 "$1")$(tail -n 1 "$1" | tr -d '\r')" in
    '[]' | '[[]' | '{}') ;;
    *) echo 'az gave no whole answer' >"$errors"; return 1 ;;
  esac
}

# leave_out PATH: its command failed.
leave_out() {
  rm -f "${out:?}/$1"
  left_out=$((left_out + 1))
  say "$1 is left out: $(why)"
}

# export_json PATH AZ_ARGUMENTS...: the answer of one command.
export_json() {
  local path=$1; shift
  { ask "$@" --output json >"$out/$path" && is_whole "$out/$path"; } || { leave_out "$path"; return 1; }
}

# export_pages PATH URL QUERY: every page, one after the other. A page that fails, or has no list, fails all.
export_pages() {
  local path=$1 url=$2 query=$3
  while [ -n "$url" ]; do
    { ask rest --method get --url "$url" --query "$query" --output json >"$page" && is_whole "$page"; } ||
      { leave_out "$path"; return 1; }
    grep -q '^  "value": \[' "$page" || { echo 'az gave a page without a list' >"$errors"; leave_out "$path"; return 1; }
    tr -d '\r' <"$page" >>"$out/$path"
    url=$(tr -d '\r' <"$page" | sed -n 's/^  "nextLink": "\(.*\)",\{0,1\}$/\1/p')
  done
}

# list PATH KIND TAKEN_AT COMPLETE [MORE_FIELDS]: the file's entry in the manifest.
list() {
  files="$files${files:+,
}    {\"path\": \"$1\", \"kind\": \"$2\", \"taken_at\": \"$3\", \"complete\": $4${5:+, $5}}"
}

# ------------------------------------------------------------------------------------------------ what az is asked for
role_assignments='[].{id:id,type:type,scope:scope,roleDefinitionId:roleDefinitionId,principalId:principalId,principalType:principalType,condition:condition,createdOn:createdOn}'
role_definitions='[].{id:id,name:name,type:type,roleName:roleName,roleType:roleType}'
definition='properties.registrationDefinition'
lighthouse="[].{id:id,type:type,systemData:{createdAt:systemData.createdAt},properties:{provisioningState:properties.provisioningState,registrationDefinitionId:properties.registrationDefinitionId,registrationDefinition:{id:$definition.id,plan:$definition.plan,properties:{managedByTenantId:$definition.properties.managedByTenantId,authorizations:$definition.properties.authorizations[].{principalId:principalId,roleDefinitionId:roleDefinitionId},eligibleAuthorizations:$definition.properties.eligibleAuthorizations[].{principalId:principalId,roleDefinitionId:roleDefinitionId}}}}}"
schedules='{nextLink:nextLink,value:value[].{id:id,type:type,properties:{scope:properties.scope,roleDefinitionId:properties.roleDefinitionId,principalId:properties.principalId,principalType:properties.principalType,assignmentType:properties.assignmentType,linkedRoleEligibilityScheduleId:properties.linkedRoleEligibilityScheduleId,startDateTime:properties.startDateTime,endDateTime:properties.endDateTime}}}'
denies='{nextLink:nextLink,value:value[].{id:id,type:type,properties:{scope:properties.scope,doNotApplyToChildScopes:properties.doNotApplyToChildScopes,createdOn:properties.createdOn,principals:properties.principals[].{id:id,type:type},excludePrincipals:properties.excludePrincipals[].{id:id,type:type}}}}'
# The bodies are texts that az cannot cut: they hold the assignment, with object ids and no names of people.
activity='[].{operationName:operationName.value,status:status.value,eventTimestamp:eventTimestamp,operationId:operationId,resourceId:resourceId,authorization:{scope:authorization.scope},properties:{statusCode:properties.statusCode,requestbody:properties.requestbody||properties.requestBody,responseBody:properties.responseBody||properties.responsebody}}'
link='{objectId:objectId,tenantId:tenantId,partnerId:partnerId,state:state,version:version,createdTime:createdTime,updatedTime:updatedTime}'
# `@odata.type` can be named in double quotes only, and these are lost on the way to az in some shells.
members="[].{id:id,objectType:contains(values(@),'#microsoft.graph.group')&&'#microsoft.graph.group'||null}"
# What the service answers where there is no link. A tenant, a host or a page that is not found says nothing about one.
no_partner='^ERROR: \((Partner[A-Za-z]*|Resource)?NotFound\)'
tree='{id:id,type:type,properties:{children:properties.children}}'

max_events=100000
days=89        # Azure keeps 90; a day in hand, so that the window does not begin before the log does
lag=1800       # seconds until an event is in the log

# -------------------------------------------------------------------------------------------------- each subscription
one_subscription() {
  local id=$1 only now taken_at from log_end folder=$1 complete
  only="\"subscriptions\": [\"$id\"]"
  # Before the first command: what is granted while the commands run must not be claimed for it.
  now=$(date +%s) taken_at=$(at "$now") from=$(at $((now - days * 86400))) log_end=$(at $((now - lag)))
  mkdir -p "$out/$folder" || exit 2

  # --all and not --scope with --include-inherited: --all lists what the service holds at, above and below the
  # subscription, of users, groups and foreign groups. --include-inherited leaves out what lies below the subscription,
  # and before February 2025 what management groups pass on; az refuses --scope together with --all.
  # --include-groups is for one --assignee only: who is in a group is not part of this list.
  export_json "$folder/role_assignments.json" role assignment list --all --subscription "$id" --query "$role_assignments" &&
    list "$folder/role_assignments.json" role_assignments "$taken_at" true "$only"
  export_json "$folder/lighthouse_assignments.json" managedservices assignment list --include-definition true --subscription "$id" --query "$lighthouse" &&
    list "$folder/lighthouse_assignments.json" lighthouse_assignments "$taken_at" true "$only"
  export_json "$folder/role_definitions.json" role definition list --custom-role-only true --subscription "$id" --query "$role_definitions" &&
    list "$folder/role_definitions.json" role_definitions "$taken_at" true "$only"

  local authorization="/subscriptions/$id/providers/Microsoft.Authorization"
  export_pages "$folder/deny_assignments.json" "$authorization/denyAssignments?api-version=2022-04-01" "$denies" &&
    list "$folder/deny_assignments.json" deny_assignments "$taken_at" true "$only"
  export_pages "$folder/pim_assignments.json" "$authorization/roleAssignmentScheduleInstances?api-version=2020-10-01" "$schedules" &&
    list "$folder/pim_assignments.json" pim_assignments "$taken_at" true "$only"
  export_pages "$folder/pim_eligibilities.json" "$authorization/roleEligibilityScheduleInstances?api-version=2020-10-01" "$schedules" &&
    list "$folder/pim_eligibilities.json" pim_eligibilities "$taken_at" true "$only"

  if export_json "$folder/activity_log.json" monitor activity-log list --resource-provider Microsoft.Authorization --subscription "$id" \
    --start-time "$from" --end-time "$log_end" --max-events "$max_events" --query "$activity"; then
    complete=true
    if [ "$(grep -c '"eventTimestamp"' "$out/$folder/activity_log.json")" -ge "$max_events" ]; then
      complete=false
      say "$folder/activity_log.json holds the newest $max_events events only"
    fi
    list "$folder/activity_log.json" activity_log "$log_end" "$complete" "$only, \"from\": \"$from\""
  fi
}

# --------------------------------------------------------------------------------------------------------------- once
# The partner id that the identity signed in is linked to, in the tenant it is signed in to.
partner_link() {
  local path=partner_links.json taken_at identity
  taken_at=$(at "$(date +%s)")
  if [ -z "$(value extension show --name managementpartner --query name)" ]; then
    echo 'the extension managementpartner is not installed; az extension add --name managementpartner' >"$errors"
    leave_out $path
    return
  fi
  if [ "$(value account show --query user.type)" = user ]; then identity=$(value ad signed-in-user show --query id)
  else identity=$(value ad sp show --id "$(value account show --query user.name)" --query id); fi
  if ask managementpartner show --query "$link" --output json >"$out/$path"; then
    is_whole "$out/$path" || { leave_out $path; return; }
  elif [ -n "$identity" ] && [[ $(why) =~ $no_partner ]]; then echo '[]' >"$out/$path"
  else leave_out $path; return; fi
  list $path partner_links "$taken_at" $links_complete "\"identities\": [${identity:+\"$identity\"}]"
  [ $links_complete = true ] || say "$path holds one identity; pass --links-complete if no other of yours could be linked"
}

# The tree below the tenant's root group or, where that may not be seen, below each group that may. By `rest`, since
# `az account management-group` registers a resource provider.
management_groups() {
  local groups=/providers/Microsoft.Management/managementGroups taken_at group number=0
  taken_at=$(at "$(date +%s)")
  for group in "$(value account show --query tenantId)" $(value rest --method get --url "$groups?api-version=2020-05-01" --query 'value[].name'); do
    number=$((number + 1))
    # shellcheck disable=SC2016 # `$expand` and `$recurse` are names of the service.
    if export_json "management_groups_$number.json" rest --method get --url "$groups/$group" \
      --url-parameters api-version=2020-05-01 '$expand=children' '$recurse=true' --query "$tree"; then
      list "management_groups_$number.json" management_groups "$taken_at" true
      [ $number != 1 ] || return 0
    fi
  done
}

# Members of the groups that hold roles, and of the groups in them.
members_of_groups() {
  local waiting group known=' ' taken_at
  waiting=$(cat "$out"/*/role_assignments.json 2>/dev/null |
    sed -n 's/^ *"principalId": "\([^"]*\)".*/\1/p; s/^ *"principalType": "Group".*/Group/p' |
    awk '$0 == "Group" { print before } { before = $0 }' | sort -u)
  while [ -n "$waiting" ]; do
    group=${waiting%%[[:space:]]*} waiting=${waiting#"${waiting%%[[:space:]]*}"} waiting=${waiting#[[:space:]]}
    case $known in *" $group "*) continue ;; esac
    known="$known$group "
    taken_at=$(at "$(date +%s)")
    export_json "group_members_$group.json" ad group member list --group "$group" --query "$members" || continue
    list "group_members_$group.json" group_members "$taken_at" true "\"group\": \"$group\""
    waiting="$waiting
$(sed -n 's/^ *"id": "\([^"]*\)".*/\1/p; s/^ *"objectType": "#microsoft.graph.group".*/group/p' "$out/group_members_$group.json" |
      awk '$0 == "group" { print before } { before = $0 }')"
    waiting=${waiting#[[:space:]]}
  done
}

started=$(at "$(date +%s)")
[ -n "$subscriptions" ] || subscriptions=$(value account list --query '[].id')
if [ -z "$subscriptions" ]; then failure=$(why); say "no subscription to be seen: ${failure:-sign in with az login}"; exit 2; fi
for subscription in $(tr ' ' '\n' <<<"$subscriptions" | sort -u); do
  say "subscription $subscription"
  one_subscription "$subscription"
done
partner_link
management_groups
[ $group_members = no ] || members_of_groups

printf '{\n  "version": 1,\n  "taken_at": "%s",\n  "files": [\n%s\n  ]\n}\n' "$started" "$files" >"$out/manifest.json" ||
  { say "$out/manifest.json cannot be written"; exit 2; }
say "written to $out; $left_out left out"
