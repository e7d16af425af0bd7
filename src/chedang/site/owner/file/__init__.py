"""车辆档案 of one's own car, who looked at it, its export."""
