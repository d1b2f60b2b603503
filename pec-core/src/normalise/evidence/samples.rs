//! Exports as Azure, PowerShell and Microsoft Graph write them, with the personal data that they hold.

use crate::access::EvidenceKind;

/// `az role assignment list --all`.
pub(super) const ASSIGNMENTS: &str = r#"[{
        "condition": null, "conditionVersion": null, "createdBy": "c0ffee00-0000-4000-8000-000000000009",
        "createdOn": "2025-03-01T09:12:44.5120319+00:00", "delegatedManagedIdentityResourceId": null, "description": null,
        "id": "/subscriptions/S1/providers/Microsoft.Authorization/roleAssignments/a1", "name": "a1",
        "principalId": "P1", "principalName": "anna@contoso.com", "principalType": "ForeignGroup",
        "roleDefinitionId": "/subscriptions/S1/providers/Microsoft.Authorization/roleDefinitions/R1",
        "roleDefinitionName": "Owner", "scope": "/subscriptions/S1", "type": "Microsoft.Authorization/roleAssignments",
        "updatedBy": "anna@contoso.com", "updatedOn": "2025-03-01T09:12:44.512031+00:00"
    }]"#;

/// The REST API.
pub(super) const REST_ASSIGNMENTS: &str = r#"{"value": [{"properties": {
        "roleDefinitionId": "/providers/Microsoft.Authorization/roleDefinitions/r1", "principalId": "p1",
        "principalType": "foreigngroup", "scope": "/subscriptions/s1", "createdOn": "2025-03-01T09:12:44.5120319Z",
        "createdBy": "anna@contoso.com"}, "id": "/subscriptions/s1/providers/Microsoft.Authorization/roleAssignments/a1",
        "type": "Microsoft.Authorization/roleAssignments", "name": "a1"}], "nextLink": null}"#;

/// `az graph query`.
pub(super) const GRAPH_ASSIGNMENTS: &str = r#"{"count": 1, "data": [{"id":
        "/subscriptions/s1/providers/Microsoft.Authorization/RoleAssignments/a1", "name": "a1", "tenantId": "t1",
        "subscriptionId": "", "type": "microsoft.authorization/roleassignments", "properties": {"principalId": "p1",
        "principalType": "ForeignGroup", "roleDefinitionId": "/providers/Microsoft.Authorization/RoleDefinitions/r1",
        "scope": "/subscriptions/s1", "createdOn": "2025-03-01T09:12:44.5120319Z", "updatedBy": "anna@contoso.com"}}],
        "skip_token": null, "total_records": 1}"#;

/// One of `Get-AzRoleAssignment | ConvertTo-Json`.
pub(super) const POWERSHELL_ASSIGNMENT: &str = r#"{"RoleAssignmentName": "a1", "RoleAssignmentId":
            "/subscriptions/s1/providers/Microsoft.Authorization/roleAssignments/a1", "Scope": "/subscriptions/s1/",
            "DisplayName": "Anna", "SignInName": "anna@contoso.com", "RoleDefinitionName": "Reader", "RoleDefinitionId": "R1",
            "ObjectId": "P1", "ObjectType": "Group", "CanDelegate": false, "Condition": "@Resource[x] StringEquals 'y'"}"#;

/// `az role definition list --custom-role-only`.
pub(super) const DEFINITIONS: &str = r#"[{"assignableScopes": ["/subscriptions/s1"], "createdBy": "anna", "description": "",
    "id": "/subscriptions/11111111-0000-4000-8000-000000000001/providers/Microsoft.Authorization/roleDefinitions/22222222-0000-4000-8000-00000000000A",
    "name": "22222222-0000-4000-8000-00000000000a", "permissions": [{"actions": ["*/read"], "notActions": []}],
    "roleName": "Contoso Operator", "roleType": "CustomRole", "type": "Microsoft.Authorization/roleDefinitions"}]"#;

/// `az managedservices assignment list --include-definition true`.
pub(super) const DELEGATIONS: &str = r#"[{
    "id": "/subscriptions/s1/resourceGroups/Web/providers/Microsoft.ManagedServices/registrationAssignments/d1",
    "name": "d1", "type": "Microsoft.ManagedServices/registrationAssignments",
    "systemData": {"createdAt": "2025-05-01T10:00:00.1234567Z", "createdBy": "anna@contoso.com"},
    "properties": {"provisioningState": "Succeeded",
        "registrationDefinitionId": "/subscriptions/s1/providers/Microsoft.ManagedServices/registrationDefinitions/D9",
        "registrationDefinition": {"id": "/subscriptions/s1/providers/Microsoft.ManagedServices/registrationDefinitions/d9",
            "name": "d9", "plan": null, "type": "Microsoft.ManagedServices/registrationDefinitions",
            "properties": {"registrationDefinitionName": "Managed", "managedByTenantId": "T9", "managedByTenantName": "Anna Ltd",
                "authorizations": [{"principalId": "G1", "principalIdDisplayName": "anna", "roleDefinitionId": "R1",
                    "delegatedRoleDefinitionIds": ["r8"]}, {"principalId": "g2", "roleDefinitionId": "r2"}],
                "eligibleAuthorizations": [{"principalId": "g3", "principalIdDisplayName": "anna", "roleDefinitionId": "r3",
                    "justInTimeAccessPolicy": {"multiFactorAuthProvider": "Azure", "maximumActivationDuration": "PT8H"}}]}}}}]"#;

/// `az graph query -q managedservicesresources`: assignments and definitions are rows of one table.
pub(super) const GRAPH_DELEGATIONS: &str = r#"{"data": [{
    "id": "/subscriptions/s1/providers/Microsoft.ManagedServices/registrationAssignments/d1",
    "type": "microsoft.managedservices/registrationassignments", "properties": {"provisioningState": "Succeeded",
        "registrationDefinitionId": "/subscriptions/s1/providers/Microsoft.ManagedServices/registrationDefinitions/D9"}}, {
    "id": "/subscriptions/S1/providers/Microsoft.ManagedServices/registrationDefinitions/d9",
    "type": "microsoft.managedservices/registrationdefinitions", "plan": {"name": "gold", "product": "managed",
        "publisher": "contoso", "version": "1.0"}, "properties": {"managedByTenantId": "t9", "managedByTenantName": "Anna Ltd",
        "authorizations": [{"principalId": "g1", "principalIdDisplayName": "anna", "roleDefinitionId": "r1"}]}}],
    "skipToken": null}"#;

/// `az managementpartner show`.
pub(super) const LINK: &str = r#"{"createdTime": "2024-02-01T00:00:00.1+00:00", "etag": 3, "name": "123456",
    "id": "/providers/microsoft.managementpartner/partners/123456", "objectId": "P1", "partnerId": "123456",
    "partnerName": "Anna Ltd", "state": "Active", "tenantId": "T1", "type": "Microsoft.ManagementPartner/partners",
    "updatedTime": "2024-02-01T00:00:00.1+00:00", "version": 1}"#;

/// The REST API of the same, for several identities.
pub(super) const REST_LINKS: &str = r#"[
    {"etag": 1, "id": "/providers/microsoft.managementpartner/partners/9", "name": "9",
        "type": "Microsoft.ManagementPartner/partners", "properties": {"partnerId": 9, "objectId": "p2", "tenantId": "t1",
        "state": "Active", "version": "3", "createdTime": "2024-01-01T00:00:00Z", "updatedTime": "2024-03-01T00:00:00Z"}},
    {"properties": {"partnerId": "9", "objectId": "p3", "tenantId": "t1", "partnerName": "Anna Ltd", "state": "Deleted",
        "version": "2"}}]"#;

/// The REST API of `roleAssignmentScheduleInstances`.
pub(super) const SCHEDULES: &str = r#"{"value": [{"properties": {"scope": "/subscriptions/s1",
    "roleDefinitionId": "/subscriptions/s1/providers/Microsoft.Authorization/roleDefinitions/r1", "principalId": "p1",
    "principalType": "User", "assignmentType": "Activated", "memberType": "Direct", "status": "Provisioned",
    "linkedRoleEligibilityScheduleId": "e1", "startDateTime": "2026-10-04T08:00:00.123Z",
    "endDateTime": "2026-10-04T16:00:00.123Z", "expandedProperties": {"principal": {"id": "p1", "displayName": "Anna",
        "email": "anna@contoso.com", "type": "User"}}}, "name": "i1",
    "id": "/subscriptions/s1/providers/Microsoft.Authorization/RoleAssignmentScheduleInstances/i1",
    "type": "Microsoft.Authorization/RoleAssignmentScheduleInstances"}, {"properties": {"scope": "/subscriptions/s1",
    "roleDefinitionId": "/subscriptions/s1/providers/Microsoft.Authorization/roleDefinitions/r1", "principalId": "g1",
    "principalType": "Group", "assignmentType": "Assigned", "startDateTime": "2026-01-01T00:00:00Z", "endDateTime": null},
    "id": "/subscriptions/s1/providers/Microsoft.Authorization/RoleAssignmentScheduleInstances/i2"}]}"#;

/// The REST API of `roleEligibilityScheduleInstances`.
pub(super) const ELIGIBILITIES: &str = r#"{"value": [{"properties": {"scope":
    "/providers/Microsoft.Management/managementGroups/Root", "principalId": "p1", "principalType": "User",
    "roleDefinitionId": "/providers/Microsoft.Authorization/roleDefinitions/r1", "startDateTime": "2026-01-01T00:00:00Z",
    "endDateTime": "9999-12-31T23:59:59.9999999Z", "expandedProperties": {"principal": {"displayName": "Anna"}}},
    "id": "/providers/Microsoft.Management/managementGroups/Root/providers/Microsoft.Authorization/RoleEligibilityScheduleInstances/i3",
    "type": "Microsoft.Authorization/RoleEligibilityScheduleInstances"}]}"#;

/// `az monitor activity-log list --resource-provider Microsoft.Authorization`: a grant, its end, and a deletion.
pub(super) const ACTIVITY: &str = r#"[
    {"authorization": {"action": "Microsoft.Authorization/roleAssignments/write", "role": null,
        "scope": "/subscriptions/s1/providers/Microsoft.Authorization/roleAssignments/a1"}, "caller": "anna@contoso.com",
        "claims": {"name": "Anna", "ipaddr": "203.0.113.7"}, "correlationId": "c1", "operationId": "O1",
        "eventTimestamp": "2026-10-05T14:00:01.5Z", "submissionTimestamp": "2026-10-05T14:02:00Z",
        "httpRequest": {"clientIpAddress": "203.0.113.7", "method": "PUT"}, "eventName": {"value": "EndRequest"},
        "operationName": {"localizedValue": "Create role assignment", "value": "Microsoft.Authorization/roleAssignments/write"},
        "status": {"localizedValue": "Succeeded", "value": "Succeeded"}, "properties": {"statusCode": "Created"}},
    {"authorization": {"scope": "/subscriptions/s1/providers/Microsoft.Authorization/roleAssignments/a1"},
        "caller": "anna@contoso.com", "operationId": "o1", "eventTimestamp": "2026-10-05T14:00:00Z",
        "eventName": {"value": "BeginRequest"}, "operationName": {"value": "Microsoft.Authorization/roleAssignments/write"},
        "status": {"value": "Started"}, "properties": {"requestbody":
        "{\"Id\":\"a1\",\"Properties\":{\"PrincipalId\":\"P1\",\"PrincipalType\":\"ForeignGroup\",\"RoleDefinitionId\":\"/providers/Microsoft.Authorization/roleDefinitions/R1\",\"Scope\":\"/subscriptions/s1\"}}"}},
    {"caller": "anna@contoso.com", "operationId": "o2", "eventTimestamp": "2026-10-06T09:00:00.1234567Z",
        "operationName": {"value": "Microsoft.Authorization/roleAssignments/delete"}, "status": {"value": "Succeeded"},
        "properties": {"statusCode": "OK", "responseBody":
        "{\"properties\":{\"roleDefinitionId\":\"/subscriptions/s1/providers/Microsoft.Authorization/roleDefinitions/r1\",\"principalId\":\"p2\",\"principalType\":\"User\",\"scope\":\"/subscriptions/s1/resourceGroups/web\",\"createdOn\":\"2025-01-01T00:00:00Z\",\"createdBy\":\"anna\"},\"id\":\"/subscriptions/s1/resourceGroups/web/providers/Microsoft.Authorization/roleAssignments/a2\"}"}}
]"#;

/// Diagnostic settings to Event Hubs; a blob of a storage account has such records line by line.
pub(super) const DIAGNOSTICS: &str = r#"{"records": [
    {"time": "2026-10-05T14:00:00.0000000Z", "operationName": "MICROSOFT.AUTHORIZATION/ROLEASSIGNMENTS/WRITE",
        "resourceId": "/SUBSCRIPTIONS/S1/PROVIDERS/MICROSOFT.AUTHORIZATION/ROLEASSIGNMENTS/A1", "category": "Administrative",
        "resultType": "Start", "resultSignature": "Started.", "callerIpAddress": "203.0.113.7", "correlationId": "C1",
        "identity": {"authorization": {"scope": "/subscriptions/s1/providers/Microsoft.Authorization/roleAssignments/a1"}, "claims": {"name": "Anna"}},
        "properties": {"requestbody":
        "{\"Id\":\"a1\",\"Properties\":{\"PrincipalId\":\"P1\",\"PrincipalType\":\"ForeignGroup\",\"RoleDefinitionId\":\"/providers/Microsoft.Authorization/roleDefinitions/R1\"}}"}},
    {"time": "2026-10-05T14:00:01.5000000Z", "operationName": "MICROSOFT.AUTHORIZATION/ROLEASSIGNMENTS/WRITE",
        "resourceId": "/SUBSCRIPTIONS/S1/PROVIDERS/MICROSOFT.AUTHORIZATION/ROLEASSIGNMENTS/A1", "category": "Administrative",
        "resultType": "Success", "resultSignature": "Succeeded.Created", "correlationId": "c1",
        "identity": {"authorization": {"scope": "/subscriptions/s1/providers/Microsoft.Authorization/roleAssignments/a1"}, "claims": {"name": "Anna"}},
        "properties": {"statusCode": "Created"}},
    {"time": "2026-10-06T09:00:00.1234567Z", "operationName": "MICROSOFT.AUTHORIZATION/ROLEASSIGNMENTS/DELETE",
        "resourceId": "/SUBSCRIPTIONS/S1/RESOURCEGROUPS/WEB/PROVIDERS/MICROSOFT.AUTHORIZATION/ROLEASSIGNMENTS/A2",
        "resultType": "Success", "resultSignature": "Succeeded.OK", "correlationId": "c1", "properties": {"responseBody":
        "{\"properties\":{\"roleDefinitionId\":\"/subscriptions/s1/providers/Microsoft.Authorization/roleDefinitions/r1\",\"principalId\":\"p2\",\"principalType\":\"User\",\"scope\":\"/subscriptions/s1/resourceGroups/web\",\"createdOn\":\"2025-01-01T00:00:00Z\",\"createdBy\":\"anna\"}}"}}
]}"#;

/// `az monitor log-analytics query` on the table `AzureActivity`, where values are texts.
pub(super) const LOG_ANALYTICS: &str = r#"[
    {"TableName": "PrimaryResult", "TimeGenerated": "2026-10-05T14:00:00Z", "Caller": "anna@contoso.com",
        "OperationName": "Create role assignment", "OperationNameValue": "MICROSOFT.AUTHORIZATION/ROLEASSIGNMENTS/WRITE",
        "ActivityStatus": "", "ActivityStatusValue": "Start", "CorrelationId": "c1", "OperationId": "", "ResourceId": "",
        "CallerIpAddress": "203.0.113.7", "_ResourceId": "/subscriptions/s1/providers/microsoft.authorization/roleassignments/a1",
        "Properties":
        "{\"requestbody\":\"{\\\"Id\\\":\\\"a1\\\",\\\"Properties\\\":{\\\"PrincipalId\\\":\\\"P1\\\",\\\"PrincipalType\\\":\\\"ForeignGroup\\\",\\\"RoleDefinitionId\\\":\\\"/providers/Microsoft.Authorization/roleDefinitions/R1\\\"}}\",\"hierarchy\":\"t1\"}"},
    {"TableName": "PrimaryResult", "TimeGenerated": "2026-10-05T14:00:01.5Z", "Caller": "anna@contoso.com",
        "OperationName": "Create role assignment", "OperationNameValue": "MICROSOFT.AUTHORIZATION/ROLEASSIGNMENTS/WRITE",
        "ActivityStatusValue": "Success", "CorrelationId": "c1", "OperationId": "", "ResourceId": "",
        "_ResourceId": "/subscriptions/s1/providers/microsoft.authorization/roleassignments/a1",
        "Properties": "{\"statusCode\":\"Created\"}"},
    {"TableName": "PrimaryResult", "TimeGenerated": "2026-10-06T09:00:00.1234567Z", "Caller": "anna@contoso.com",
        "OperationName": "Delete role assignment", "OperationNameValue": "MICROSOFT.AUTHORIZATION/ROLEASSIGNMENTS/DELETE",
        "ActivityStatusValue": "Success", "CorrelationId": "c1", "OperationId": "", "ResourceId": "",
        "_ResourceId": "/subscriptions/s1/resourcegroups/web/providers/microsoft.authorization/roleassignments/a2",
        "Properties":
        "{\"statusCode\":\"OK\",\"responseBody\":\"{\\\"properties\\\":{\\\"roleDefinitionId\\\":\\\"/subscriptions/s1/providers/Microsoft.Authorization/roleDefinitions/r1\\\",\\\"principalId\\\":\\\"p2\\\",\\\"principalType\\\":\\\"User\\\",\\\"scope\\\":\\\"/subscriptions/s1/resourceGroups/web\\\",\\\"createdOn\\\":\\\"2025-01-01T00:00:00Z\\\",\\\"createdBy\\\":\\\"anna\\\"}}\"}"}
]"#;

/// `az role assignment list-changelogs`.
pub(super) const CHANGES: &str = r#"[{"action": "Granted", "caller": "anna@contoso.com", "principalId": "P1",
    "principalName": "anna@contoso.com", "principalType": "User", "roleDefinitionId": "R1", "roleName": "Owner",
    "scope": "/subscriptions/s1", "scopeName": "s1", "scopeType": "Subscription", "timestamp": "2026-10-05T14:00:00.25Z"},
    {"action": "Revoked", "caller": "anna@contoso.com", "principalId": "p1", "principalName": "anna@contoso.com",
    "roleDefinitionId": "r1", "roleName": "Owner", "scope": "/subscriptions/s1", "timestamp": "2026-10-06T14:00:00Z"}]"#;

/// The activity log of the managing tenant.
pub(super) const DELEGATION_LOG: &str = r#"{"value": [
    {"caller": "anna@contoso.com", "eventName": {"value": "EndRequest"}, "eventTimestamp": "2026-10-05T14:00:00Z",
        "operationName": {"value": "Microsoft.Resources/tenants/register/action"}, "status": {"value": "Succeeded"},
        "description": "{\"delegationResourceId\":\"/subscriptions/S1/resourcegroups/web/providers/Microsoft.ManagedServices/registrationAssignments/d1\",\"subscriptionTenantId\":\"t1\",\"subscriptionId\":\"s1\"}"},
    {"caller": "anna@contoso.com", "eventName": {"value": "BeginRequest"}, "eventTimestamp": "2026-10-06T13:59:59Z",
        "operationName": {"value": "Microsoft.Resources/tenants/unregister/action"}, "description": ""},
    {"caller": "anna@contoso.com", "eventName": {"value": "EndRequest"}, "eventTimestamp": "2026-10-06T14:00:00Z",
        "operationName": {"value": "Microsoft.Resources/tenants/unregister/action"},
        "description": "{\"subscriptionTenantId\":\"t1\",\"subscriptionId\":\"S2\"}"}]}"#;

/// The REST API of deny assignments.
pub(super) const DENIES: &str = r#"{"value": [{"properties": {"denyAssignmentName": "Managed by Anna", "description": "x",
    "permissions": [{"actions": ["*"], "notActions": ["*/read"]}], "scope": "/subscriptions/s1/resourceGroups/mrg",
    "doNotApplyToChildScopes": true, "isSystemProtected": true, "createdOn": "2026-01-01T00:00:00Z",
    "principals": [{"id": "00000000-0000-0000-0000-000000000000", "type": "SystemDefined", "displayName": "Everyone"}],
    "excludePrincipals": [{"id": "P9", "type": "ServicePrincipal", "displayName": "anna"}]},
    "id": "/subscriptions/s1/resourceGroups/mrg/providers/Microsoft.Authorization/denyAssignments/x1", "name": "x1",
    "type": "Microsoft.Authorization/denyAssignments"}]}"#;

/// Microsoft Graph: groups with their members.
pub(super) const GROUPS: &str = r##"{"@odata.context": "https://graph.microsoft.com/v1.0/$metadata#groups(members())",
    "value": [{"id": "G1", "displayName": "Anna's", "members": [{"@odata.type": "#microsoft.graph.user", "id": "P1",
    "displayName": "Anna", "mail": "anna@contoso.com", "userPrincipalName": "anna@contoso.com"}, {"@odata.type":
    "#microsoft.graph.group", "id": "g2"}]}, {"id": "g3", "members": []}]}"##;

/// `az account management-group show --expand --recurse`.
pub(super) const MANAGEMENT_GROUP: &str = r#"{"children": [
    {"children": [{"children": null, "displayName": "Anna's", "id": "/subscriptions/S1", "name": "s1", "type": "/subscriptions"}],
        "displayName": "Corp", "id": "/providers/Microsoft.Management/managementGroups/Corp", "name": "Corp",
        "type": "Microsoft.Management/managementGroups"},
    {"children": null, "displayName": "Empty", "id": "/providers/Microsoft.Management/managementGroups/empty", "name": "empty",
        "type": "Microsoft.Management/managementGroups"},
    {"id": "/subscriptions/s2", "name": "s2", "type": "/subscriptions"}],
    "details": {"updatedBy": "anna@contoso.com", "version": 1}, "displayName": "Root", "name": "Root", "tenantId": "t1",
    "id": "/providers/Microsoft.Management/managementGroups/Root", "type": "Microsoft.Management/managementGroups"}"#;

/// Resource Graph: subscriptions with the groups above them.
pub(super) const GRAPH_SUBSCRIPTIONS: &str = r#"{"data": [{"id": "/subscriptions/S1", "name": "Anna's",
    "type": "microsoft.resources/subscriptions", "subscriptionId": "s1", "properties": {"managementGroupAncestorsChain":
    [{"displayName": "Corp", "name": "Corp"}, {"displayName": "Root", "name": "root"}]}}, {"id": "/subscriptions/s2",
    "properties": {"managementGroupAncestorsChain": [{"name": "Root"}]}}], "skip_token": null}"#;

/// The AOBO checker.
pub(super) const AOBO: &str = "GroupName\tObjectID\tPartnerTenantName\tPartnerTenantID\r\n\
    AdminAgents\tG1\tAnna Ltd\tT9\r\nHelpdeskAgents\tg2\tAnna Ltd\tt9\r\nSalesAgents\tg3\tAnna Ltd\tt9\r\n\r\n\
    CustomerTenantName\tCustomerTenantID\tSubscriptionId\tForeignPrincipalName\tObjectID\tAzureRBACRole\tTimeChecked\tNotes\tCredentialsUsedForAccessCheck\r\n\
    Anna\tt1\ts1\tForeign Principal for 'Anna Ltd' in Role 'TenantAdmins'\tg1\tOwner\t10/4/2026 8:30:00 AM\t\tanna@contoso.com\r\n";

/// One sample at least of every kind.
pub(super) const ALL: [(EvidenceKind, &str); 21] = [
    (EvidenceKind::RoleAssignments, ASSIGNMENTS),
    (EvidenceKind::RoleAssignments, REST_ASSIGNMENTS),
    (EvidenceKind::RoleAssignments, GRAPH_ASSIGNMENTS),
    (EvidenceKind::RoleAssignments, POWERSHELL_ASSIGNMENT),
    (EvidenceKind::RoleDefinitions, DEFINITIONS),
    (EvidenceKind::LighthouseAssignments, DELEGATIONS),
    (EvidenceKind::LighthouseAssignments, GRAPH_DELEGATIONS),
    (EvidenceKind::PartnerLinks, LINK),
    (EvidenceKind::PartnerLinks, REST_LINKS),
    (EvidenceKind::PimAssignments, SCHEDULES),
    (EvidenceKind::PimEligibilities, ELIGIBILITIES),
    (EvidenceKind::ActivityLog, ACTIVITY),
    (EvidenceKind::ActivityLog, DIAGNOSTICS),
    (EvidenceKind::ActivityLog, LOG_ANALYTICS),
    (EvidenceKind::ChangeLog, CHANGES),
    (EvidenceKind::DelegationLog, DELEGATION_LOG),
    (EvidenceKind::DenyAssignments, DENIES),
    (EvidenceKind::GroupMembers, GROUPS),
    (EvidenceKind::ManagementGroups, MANAGEMENT_GROUP),
    (EvidenceKind::ManagementGroups, GRAPH_SUBSCRIPTIONS),
    (EvidenceKind::AoboChecker, AOBO),
];
