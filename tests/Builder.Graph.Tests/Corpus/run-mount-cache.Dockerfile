FROM scratch
WORKDIR /w
ENV I=id
RUN --mount=type=cache,target=c,id=$I,sharing=locked,mode=0700,uid=1,gid=2 x
RUN --mount=type=cache,target=/c y
