FROM scratch
MAINTAINER Some One <one@example.com>
