FROM corpus/base
ADD hello.txt app/sub /a/
ADD --chown=1:2 --chmod=700 hello.txt /b
ADD conf /c
