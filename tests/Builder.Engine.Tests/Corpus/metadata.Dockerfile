#: label=given=outside
#: label=over=written
FROM corpus/base
MAINTAINER Ann <ann@example.org>
LABEL a=1 "b c"="d e" over=file
LABEL legacy value with "quotes"
EXPOSE 90 80/udp 7000-7002 100
STOPSIGNAL SIGQUIT
HEALTHCHECK --interval=1m --timeout=1.5s --start-period=2s --start-interval=100ms --retries=3 CMD curl "x" || exit 1
VOLUME /v
USER ann:staff
CMD run me
ENTRYPOINT ["/bin/e", "f g"]
SHELL ["/bin/sh", "-ec"]
