#: secret=word=hush
FROM corpus/base
RUN --mount=type=tmpfs,target=/tmp,size=1m echo x > /tmp/x && sed -n 's#^tmpfs /tmp tmpfs \(rw,nosuid\).*size=\([0-9]*k\).*#\1 \2#p' /proc/mounts > /tmpfs
RUN --mount=type=secret,id=word sed 's/hush/was there/' /run/secrets/word > /secret; stat -c '%a %u:%g' /run/secrets/word >> /secret
RUN --mount=type=secret,id=word,env=WORD,target=/opt/w,mode=0440,uid=1000 test "$WORD" = hush && stat -c '%a %u:%g' /opt/w > /by-variable
RUN --mount=type=secret,id=absent test ! -e /run/secrets/absent && ls /run > /absent
RUN --mount=type=secret,id=absent,env=NONE echo "${NONE-unset}." > /empty
RUN --mount=type=ssh echo $SSH_AUTH_SOCK > /ssh
