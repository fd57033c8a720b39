#: context=other=other
#: context=img=docker-image://corpus/base
#: context=taken=other
FROM scratch AS taken
COPY hello.txt /never
FROM scratch
COPY --from=corpus/base /opt /image
COPY --from=other / /other
COPY --from=other d/in /in
COPY --from=img /etc/passwd /named-image
COPY --from=taken / /taken
