FROM scratch
RUN --mount=type=ssh --mount=type=ssh,id=k,required=true x
