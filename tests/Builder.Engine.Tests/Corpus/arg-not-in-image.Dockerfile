FROM corpus/base AS a
ARG X=1
RUN echo "[$X]" > /x
FROM corpus/base
COPY --from=a /x /x
RUN echo "[$X]" > /none
