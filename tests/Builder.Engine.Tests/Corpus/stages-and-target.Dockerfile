#: target=WANTED
FROM corpus/base AS base
RUN echo base > /base
ENV FROM_BASE=1
CMD ["base"]
FROM base AS never
RUN exit 1
FROM base AS wanted
ARG TARGETSTAGE
RUN echo wanted $FROM_BASE $TARGETSTAGE > /wanted
ENTRYPOINT ["e"]
FROM never
COPY --from=wanted /wanted /
