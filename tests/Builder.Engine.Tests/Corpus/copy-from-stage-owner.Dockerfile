FROM corpus/base AS a
USER ann
WORKDIR /home/ann/w
RUN echo f > f && chmod 711 f
FROM corpus/base
COPY --from=a /home/ann/w /one
COPY --from=a --chown=ann:staff --chmod=u+s /home/ann/w/f /two
