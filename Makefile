# Each target is one line that anyone can read. A fresh machine needs cargo, Python 3.11 with pip, and make.
# The folder .venv holds everything that is installed; `rm -rf .venv target out` undoes it all.

PYTHON ?= python3
CORE   := $(shell find pec-core/src pec-core/Cargo.toml pec-py/src pec-py/Cargo.toml -type f) Cargo.toml Cargo.lock
PEERS  := benches/peers/.venv/bin/python
MONTH    := examples/data/2026-10 --partner examples/data/partner.toml --evidence examples/data/evidence
GENERATE := target/release/examples/generate_month

.PHONY: demo test test-rust test-python lint bench bench-small bench-import dist docs

# The main job on shipped data: prints the report and where everything was written, the page last.
demo: .venv/pec
	.venv/bin/pec reconcile $(MONTH) --out out/demo
	.venv/bin/pec report $(MONTH) --html out/demo/october.html --title October

# All tests.
test: test-rust test-python

test-rust:
	cargo test --workspace --all-features --quiet

test-python: .venv/pec .venv/tests
	.venv/bin/python -m pytest -q

# Style, as far as the tools are there (rustfmt and clippy come with rustup's default profile).
lint: .venv/tests
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --all-features -- -D warnings
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/basedpyright --pythonpath .venv/bin/python

# Two million lines beside Polars, DuckDB, pandas and plain Python, in one run; prints ratios. BENCH=--memory prints peaks instead.
bench: .venv/pec .venv/tests benches/peers/.venv/installed
	cargo build --release --example generate_month --example unpack --example scan
	$(PEERS) benches/peers/run.py --pec .venv/bin/pec --pec-python .venv/bin/python --generate "$(GENERATE) {out} --lines {lines} --layout {layout}" --unpack "target/release/examples/unpack {file}" --scan "target/release/examples/scan {library} {file}" --work benches/data $(BENCH)

bench-small:
	$(MAKE) bench BENCH=--small

# What `import pec` costs beside `import polars`, and which modules cost most of it.
bench-import: .venv/pec .venv/tests
	.venv/bin/python benches/import_time.py

# The source distribution, and the wheel built from it, to out/dist; prints their sizes.
dist: .venv/bin/pip
	. .venv/bin/activate && maturin build --release --sdist --out out/dist
	ls -l out/dist

# What the pages show is written anew from the code: the rules, the pictures in the README, what commands print, the
# notebooks. Then the site, with the Rust reference in it, to out/site.
docs: .venv/pec .venv/tests
	cargo run --quiet --example rules_page > pec-core/docs/rules.md
	.venv/bin/python tests/python/third_party.py
	.venv/bin/python tests/python/readme_pictures.py
	.venv/bin/python tests/python/command_page.py
	.venv/bin/python tests/python/tables_page.py
	.venv/bin/python tests/python/doc_blocks.py
	.venv/bin/python tests/python/notebooks.py
	cargo doc --no-deps -p pec-core --all-features --target-dir target
	.venv/bin/mkdocs build --quiet --config-file docs/mkdocs.yml
	cp -R target/doc out/site/rust

.venv/bin/pip:
	$(PYTHON) -m venv .venv
	.venv/bin/pip install --quiet --upgrade "pip>=25.1" "maturin>=1.12,<2"

.venv/pec: .venv/bin/pip pyproject.toml $(CORE)
	. .venv/bin/activate && maturin develop --release --quiet
	touch $@

.venv/tests: .venv/bin/pip pyproject.toml
	.venv/bin/pip install --quiet --group test
	touch $@

benches/peers/.venv/installed: benches/peers/requirements.txt
	$(PYTHON) -m venv benches/peers/.venv
	$(PEERS) -m pip install --quiet -r benches/peers/requirements.txt
	touch $@
