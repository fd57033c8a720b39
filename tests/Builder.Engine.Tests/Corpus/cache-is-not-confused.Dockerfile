FROM corpus/base AS a
RUN echo same > /file
FROM corpus/base AS b
ENV E=1
RUN echo same > /file
FROM scratch
COPY --from=a /file /a
COPY --from=b /file /b
COPY --from=a /file /opt/
COPY --from=a --chmod=600 /file /a
