# O3: triggers may name stages of the file; O4: a grandchild has none
FROM corpus/base AS parent
ONBUILD RUN echo triggered > /t
ONBUILD COPY --from=later hello.txt /h
FROM scratch AS later
COPY hello.txt /
FROM parent AS child
ENV CHILD=1
FROM child
RUN echo grand > /g
