//! The narrowest role of the list that manages a kind of resource.
//!
//! No page names one for PEC. It is ours, from what Azure's documentation of built-in roles says each may do
//! (MicrosoftDocs/azure-docs@00a58329, role-based-access-control/built-in-roles.md, 2026-04-09; inferred). Nothing is decided with it:
//! remedies name it, so that a partner asks for no more than the work needs (R12).

use super::roles::{Role, RoleList};

/// The role that manages whatever is there: Contributor.
const ANY_WORK: &str = "b24988ac-6180-42a0-ab88-20f7382dd24c";

/// Resource types, or whole namespaces, in the order in which they are looked up, with a role definition id.
const NARROWEST: [(&str, &str); 33] = [
    ("microsoft.apimanagement/service", "312a565d-c81f-4fd8-895a-4e21e48d571c"), // API Management Service Contributor
    ("microsoft.automation/automationaccounts", "d3881f73-407a-4167-8283-e981cbba0404"), // Automation Operator
    ("microsoft.cache/redis", "e0f68234-74aa-48ed-b826-c38b57376e17"),           // Redis Cache Contributor
    ("microsoft.cdn/profiles", "ec156ff8-a8d1-4d15-830c-5b80698ca432"),          // CDN Profile Contributor
    ("microsoft.cognitiveservices/accounts", "25fbc0a9-bd7c-42a3-aa1a-3b75d497ee68"), // Cognitive Services Contributor
    ("microsoft.compute/virtualmachines", "9980e02c-c2be-4d73-94e8-173b1dc7cf3c"), // Virtual Machine Contributor
    ("microsoft.compute/disks", "9980e02c-c2be-4d73-94e8-173b1dc7cf3c"),         // Virtual Machine Contributor
    ("microsoft.containerregistry/registries", "8311e382-0749-4cb8-b61a-304f252e45ec"), // AcrPush
    ("microsoft.containerservice/managedclusters", "0ab0b1a8-8aac-4efd-b8c2-3ee1fb270be8"), // AKS Cluster Admin Role
    ("microsoft.databox/jobs", "add466c9-e687-43fc-8d98-dfcf8d720be5"),          // Data Box Contributor
    ("microsoft.datafactory/factories", "673868aa-7521-48a0-acc6-0f60742d39f5"), // Data Factory Contributor
    ("microsoft.documentdb/databaseaccounts", "5bd9cd88-fe45-4216-938b-f97437e15450"), // DocumentDB Account Contributor
    ("microsoft.eventhub/namespaces", "f526a384-b230-433a-b45c-95f59c4a2dec"),   // Azure Event Hubs Data Owner
    ("microsoft.insights/components", "ae349356-3a1b-4a5e-921d-050484c6347e"), // Application Insights Component Contributor
    ("microsoft.insights", "749f88d5-cbae-40b8-bcfc-e573ddc772fa"),            // Monitoring Contributor
    ("microsoft.keyvault/vaults", "f25e0fa2-a7c8-4377-a976-54943a77a395"),     // Key Vault Contributor
    ("microsoft.logic/workflows", "87a39d53-fc1b-424a-814c-f7e04687dc9e"),     // Logic App Contributor
    ("microsoft.managedidentity/userassignedidentities", "e40ec5ca-96e0-45a2-b4ff-59039f2c2b59"), // Managed Identity Contributor
    ("microsoft.network/dnszones", "befefa01-2a29-4197-83a8-272ff33ce314"), // DNS Zone Contributor
    ("microsoft.network/trafficmanagerprofiles", "a4b10055-b0c7-44c2-b00f-c7b5b3550cf7"), // Traffic Manager Contributor
    ("microsoft.network", "4d97b98b-1d4f-4787-a291-c67834d212e7"),          // Network Contributor
    ("microsoft.operationalinsights/workspaces", "92aaf0da-9dab-42b6-94a3-d43ce8d16293"), // Log Analytics Contributor
    ("microsoft.recoveryservices/vaults", "5e467623-bb1f-42f4-a55d-6e525e11384b"), // Backup Contributor
    ("microsoft.search/searchservices", "7ca78c08-252a-4471-8644-bb5ff32d4ba0"), // Search Service Contributor
    ("microsoft.security", "fb1c8493-542b-48eb-b624-b4c8fea62acd"),         // Security Admin
    ("microsoft.servicebus/namespaces", "090c5cfd-751d-490a-894a-3ce6f1109419"), // Azure Service Bus Data Owner
    ("microsoft.sql/managedinstances", "4939a1f6-9ae0-4e48-a1e0-f2cbe897382d"), // SQL Managed Instance Contributor
    ("microsoft.sql/servers/databases", "9b7fa17d-e63e-47b0-bb0a-15c516ac86ec"), // SQL DB Contributor
    ("microsoft.sql/servers", "6d8ee4ec-f05a-4a1d-8b00-a9b17e38b437"),      // SQL Server Contributor
    ("microsoft.storage/storageaccounts", "17d1049b-9a84-46fb-8f53-869881c3d3ab"), // Storage Account Contributor
    ("microsoft.web/hostingenvironments", "2cc479cb-7b4d-49a8-b449-8c00fd0f0a4b"), // Web Plan Contributor
    ("microsoft.web/serverfarms", "2cc479cb-7b4d-49a8-b449-8c00fd0f0a4b"),  // Web Plan Contributor
    ("microsoft.web/sites", "de139f84-1756-47ae-9be6-808fbbe84772"),        // Website Contributor
];

impl RoleList {
    /// The narrowest roles that earn and together do the work on resources of these types, such as
    /// `microsoft.compute/virtualmachines`: up to three, else the one that manages whatever is there.
    ///
    /// ```
    /// let programme = pec_core::programme::Programme::builtin()?;
    /// let names = |types: &[&str]| -> Vec<String> {
    ///     programme.role_list().narrowest(types.iter().copied()).iter().map(|role| role.name().to_owned()).collect()
    /// };
    /// assert_eq!(names(&["microsoft.compute/virtualmachines", "microsoft.compute/disks"]), ["Virtual Machine Contributor"]);
    /// assert_eq!(names(&["microsoft.compute/virtualmachines", "microsoft.quantum/workspaces"]), ["Contributor"]);
    /// # Ok::<(), pec_core::programme::ProgrammeError>(())
    /// ```
    pub fn narrowest<'t>(&self, resource_types: impl IntoIterator<Item = &'t str>) -> Vec<&Role> {
        let named = |id: &str| self.iter().find(|role| role.id() == id && role.is_eligible());
        let found: Option<Vec<&Role>> = resource_types
            .into_iter()
            .map(|of| NARROWEST.iter().find(|(one, _)| manages(one, of)).and_then(|(_, id)| named(id)))
            .collect();
        let mut roles = found.unwrap_or_default();
        roles.sort_by_key(|role| role.name());
        roles.dedup();
        if (1..=3).contains(&roles.len()) { roles } else { named(ANY_WORK).into_iter().collect() }
    }
}

/// Is a type this one, below it, or in this namespace?
fn manages(managed: &str, resource_type: &str) -> bool {
    let (head, rest) = resource_type.split_at_checked(managed.len()).unwrap_or((resource_type, "/"));
    head.eq_ignore_ascii_case(managed) && (rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::programme::Programme;

    #[test]
    fn each_is_in_the_list_and_earns() {
        let programme = Programme::builtin().unwrap();
        for (of, id) in NARROWEST {
            let role = programme.roles().find(|role| role.id() == id);
            assert!(role.is_some_and(Role::is_eligible), "{of}");
            assert_eq!(programme.role_list().narrowest([of]).len(), 1, "{of}");
        }
        // A type stands before the namespace that holds it.
        for (number, (later, _)) in NARROWEST.iter().enumerate() {
            assert!(
                NARROWEST[..number].iter().all(|(earlier, _)| !manages(earlier, later)),
                "{later} is never reached"
            );
        }
    }

    #[test]
    fn too_many_or_unknown_kinds_of_work_take_one_role() {
        let programme = Programme::builtin().unwrap();
        let names = |types: &[&str]| {
            programme
                .role_list()
                .narrowest(types.iter().copied())
                .iter()
                .map(|r| r.name().to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(names(&[]), ["Contributor"]);
        assert_eq!(
            names(&["Microsoft.Network/publicIPAddresses", "microsoft.web/sites"]),
            ["Network Contributor", "Website Contributor"]
        );
        assert_eq!(names(&["microsoft.networkfunction/x"]), ["Contributor"]);
        assert_eq!(
            names(&[
                "microsoft.sql/servers/databases",
                "microsoft.web/sites",
                "microsoft.cache/redis",
                "microsoft.keyvault/vaults"
            ]),
            ["Contributor"]
        );
    }
}
