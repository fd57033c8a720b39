#!/usr/bin/env builder
# check=skip=all
FROM scratch
maintainer x
