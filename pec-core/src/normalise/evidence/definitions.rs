//! Role definitions, for the names of custom roles.

use super::document::Document;
use super::entry::{Unread, id, last_segment};
use super::reading::Reading;

pub(super) fn read(document: &Document<'_>, reading: &mut Reading<'_>) {
    reading.each(document, |reading, entry, _| {
        // Under `name` the Azure CLI has the id once more, PowerShell the name of the role.
        let path = entry.text(if entry.get(&["roleName"]).is_some() { &["id", "name"] } else { &["id"] })?;
        let role = id(last_segment(path.unwrap_or_default()), "id")?;
        let name = entry.text(&["roleName", "name"])?.ok_or_else(|| Unread::new("roleName", "", "a name"))?;
        let role = reading.evidence.text(&role);
        reading.evidence.add_role_name(role, name.into_owned());
        Ok(())
    });
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::super::tests::TAKEN_AT;
    use crate::access::{Evidence, EvidenceKind};
    use crate::normalise::evidence::EvidenceInput;

    fn names(texts: &[&str]) -> Vec<String> {
        let mut evidence = Evidence::new();
        for text in texts {
            let input = EvidenceInput::new("file.json", text.as_bytes(), TAKEN_AT).kind(EvidenceKind::RoleDefinitions);
            crate::normalise::evidence::read(&mut evidence, &input).unwrap();
        }
        evidence.role_names.iter().map(|(role, name)| format!("{} {name}", evidence.texts.get(*role))).collect()
    }

    #[test]
    fn shapes() {
        let expected = ["22222222-0000-4000-8000-00000000000a Contoso Operator"];
        assert_eq!(names(&[samples::DEFINITIONS]), expected);
        let powershell =
            r#"{"Name": "Contoso Operator", "Id": "22222222-0000-4000-8000-00000000000a", "IsCustom": true}"#;
        assert_eq!(names(&[powershell]), expected);
        let rest = r#"{"value": [{"id": "/x/22222222-0000-4000-8000-00000000000a", "name": "222", "type":
            "Microsoft.Authorization/roleDefinitions", "properties": {"roleName": "Contoso Operator", "type": "CustomRole"}}]}"#;
        assert_eq!(names(&[rest]), expected);
    }

    #[test]
    fn an_id_alone() {
        assert_eq!(names(&[r#"[{"name": "R1", "roleName": "Contoso Operator"}]"#]), ["r1 Contoso Operator"]);
    }

    #[test]
    fn the_order_of_files_does_not_matter() {
        let renamed = samples::DEFINITIONS.replace("Contoso Operator", "Contoso Admin");
        assert_eq!(names(&[samples::DEFINITIONS, &renamed]), names(&[&renamed, samples::DEFINITIONS]));
    }
}
