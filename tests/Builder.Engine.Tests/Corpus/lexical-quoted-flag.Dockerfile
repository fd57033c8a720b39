FROM corpus/base
COPY --chown="1:2" --chmod="640" hello.txt /q
