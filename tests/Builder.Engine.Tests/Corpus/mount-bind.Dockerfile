FROM corpus/base AS tools
RUN mkdir /t && echo tool > /t/tool && echo link > /t/target && ln -s target /t/link
FROM corpus/base
RUN --mount=target=/ctx ls /ctx > /listed
RUN --mount=type=bind,source=hello.txt,target=/opt/hello cat /opt/hello > /content; ls /opt > /stub
RUN --mount=type=bind,source=app,target=/opt/old,rw echo scratch > /opt/old/scratch && cat /opt/old/scratch > /thrown-away
RUN --mount=from=tools,source=/t,target=/mnt/deep/tools ls /mnt/deep/tools > /tools && ! touch /mnt/deep/tools/x 2> /dev/null
RUN --mount=from=tools,source=t/link,target=/followed cat /followed > /of-link
WORKDIR /w
ARG SRC=conf
RUN --mount=source=$SRC,target=rel/ative cat rel/ative/one.conf > one
