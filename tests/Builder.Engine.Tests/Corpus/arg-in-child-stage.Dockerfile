FROM corpus/base AS a
ARG X=1
FROM a
RUN echo "[$X]" > /inherits
