FROM scratch AS Base
USER x
FROM base
ENV A=1
