FROM corpus/base AS Base
RUN echo base > /b
FROM base
RUN cat /b > /c
