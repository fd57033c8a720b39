ARG G=global
FROM corpus/base
ARG G=stage
RUN echo $G > /g
