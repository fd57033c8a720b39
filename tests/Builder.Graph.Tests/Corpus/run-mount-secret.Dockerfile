FROM scratch
RUN --mount=type=secret,id=a --mount=type=secret,id=b,env=B,required --mount=type=secret,target=/s,mode=0440 x
