FROM missing AS never
RUN ${x}
FROM scratch
USER x
