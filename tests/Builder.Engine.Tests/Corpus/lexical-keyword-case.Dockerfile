from corpus/base as One
env A=one
copy hello.txt /h
From one
rUn echo $A > /a
