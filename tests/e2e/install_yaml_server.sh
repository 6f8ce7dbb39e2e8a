#!/bin/sh
# Installs the YAML language server that editors use, for tests/schema/test_yaml_server.py.
# KEYMEDIC_YAML_SERVER names the folder; needs node and npm.
set -eu
: "${KEYMEDIC_YAML_SERVER:?name the folder to install into}"
mkdir -p "$KEYMEDIC_YAML_SERVER"
npm install --silent --no-audit --no-fund --prefix "$KEYMEDIC_YAML_SERVER" yaml-language-server@1.25.0
