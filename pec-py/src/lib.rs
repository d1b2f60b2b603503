//! The extension module `pec._pec`: names, types and errors over `pec_core`, and no arithmetic.
//!
//! What it offers is documented in its stub, `python/pec/_pec.pyi`.

mod access;
mod access_diff;
mod amount;
mod arrow_in;
mod arrow_out;
mod credit_offer;
mod credits;
mod drawdown;
mod error;
mod evidence_pack;
mod explain;
mod filter;
mod findings;
mod judge;
mod net;
mod pickle;
mod prices;
mod reconcile;
mod rule;
mod source;
mod tables;
mod tie_out;
mod watch;
mod write;

#[pyo3::pymodule(gil_used = false)]
mod _pec {
    #[pymodule_export]
    use super::access::{PyEvidence, PyPartner, access_timeline};
    #[pymodule_export]
    use super::access_diff::{PyAccessDiff, access_alert, access_diff};
    #[pymodule_export]
    use super::credit_offer::{PyCreditOffer, aco_forecast, aco_plan, aco_size, aco_table};
    #[pymodule_export]
    use super::credits::PyCredits;
    #[pymodule_export]
    use super::drawdown::{PyCreditStatus, PyCreditUsage, PyDrawdown, aco_balance, credit_usage};
    #[pymodule_export]
    use super::evidence_pack::write_evidence_pack;
    #[pymodule_export]
    use super::explain::{PyExplanations, explain};
    #[pymodule_export]
    use super::judge::{PyFinding, PyJudgement, judge};
    #[pymodule_export]
    use super::net::{credit_of_net, gross_up, net_of};
    #[pymodule_export]
    use super::prices::PyPriceList;
    #[pymodule_export]
    use super::reconcile::{PyReconciliation, reconcile};
    #[pymodule_export]
    use super::rule::{PyRule, assumptions, rules};
    #[pymodule_export]
    use super::tie_out::{PyTieOut, tie_out};
    #[pymodule_export]
    use super::write::{write_findings, write_result};

    #[pymodule_init]
    fn constants(module: &pyo3::Bound<'_, pyo3::types::PyModule>) -> pyo3::PyResult<()> {
        use pyo3::types::PyModuleMethods;
        module.add("MOST_THREADS", super::reconcile::MOST_THREADS)?;
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
