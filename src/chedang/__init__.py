"""车档: 汽车维修电子健康档案系统. One code base for province and ministry nodes."""

__version__ = "0.1.0"
