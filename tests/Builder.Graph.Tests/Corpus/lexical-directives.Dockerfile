# syntax=docker/dockerfile:1
# escape=`
# check=skip=all
FROM scratch
ENV A=a`
 b=c
