FROM corpus/base AS seed
RUN mkdir /s && echo seed > /s/file
FROM corpus/base
RUN --mount=type=cache,target=/cache,id=corpus echo kept > /cache/file && cat /cache/file > /first
RUN --mount=type=cache,target=/opt/again,id=corpus cat /opt/again/file > /second
RUN --mount=type=cache,target=/seeded,from=seed,source=/s cat /seeded/file > /third; echo more > /seeded/more
RUN --mount=type=cache,target=/owned,uid=1000,gid=50,mode=0700,sharing=locked stat -c '%u:%g %a' /owned > /fourth
RUN --mount=type=cache,target=/ro,id=corpus,ro ! touch /ro/x 2> /dev/null && cat /ro/file > /fifth
